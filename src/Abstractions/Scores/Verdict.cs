namespace DagmmStream;

/// <summary>The decision on one event; never without its energy.</summary>
public enum Verdict : byte
{
    /// <summary>No snapshot is published yet: the p-value is 1, and the energy NaN or <see cref="EventFlags.Provisional"/>.</summary>
    WarmingUp = 0,

    /// <summary>Nothing to report, by the stream's <see cref="StreamDefinition.Decision"/>.</summary>
    Normal = 1,

    /// <summary>The decision policy is exceeded: by default the p-value is at or below the alarm rate.</summary>
    Anomalous = 2,
}
