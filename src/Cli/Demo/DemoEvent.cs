namespace DagmmStream.Cli.Demo;

/// <summary>One event of the demo.</summary>
/// <param name="Features">Feature vector [8].</param>
/// <param name="IsAnomaly">True if it was injected as an anomaly.</param>
public readonly record struct DemoEvent(float[] Features, bool IsAnomaly);
