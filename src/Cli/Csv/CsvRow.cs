namespace DagmmStream.Cli.Csv;

/// <summary>A readable line.</summary>
/// <param name="Time">Event time.</param>
/// <param name="Features">Feature vector [d].</param>
/// <param name="IsAnomaly">The label; false without a label column.</param>
public readonly record struct CsvRow(DateTimeOffset Time, float[] Features, bool IsAnomaly);
