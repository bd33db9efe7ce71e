namespace DagmmStream.Cli.Csv;

/// <summary>A readable line.</summary>
/// <param name="Time">Event time.</param>
/// <param name="Features">Feature vector [d]; NaN for a missing value and for a name.</param>
/// <param name="IsAnomaly">The label; false without a label column.</param>
public readonly record struct CsvRow(DateTimeOffset Time, float[] Features, bool IsAnomaly)
{
    /// <summary>Values of the features that are names, in the order of the features; null for a missing one.</summary>
    /// <value>Default none.</value>
    public ReadOnlyMemory<string?> Categories { get; init; }
}
