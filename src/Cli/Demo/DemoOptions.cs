namespace DagmmStream.Cli.Demo;

/// <summary>What the demo does.</summary>
/// <param name="Duration">How long events are pushed.</param>
/// <param name="Rate">Events per second.</param>
/// <param name="Seed">Key of the events and of the model.</param>
public sealed record DemoOptions(TimeSpan Duration, double Rate, ulong Seed);
