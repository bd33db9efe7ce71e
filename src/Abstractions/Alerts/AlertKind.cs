namespace DagmmStream;

/// <summary>What an alert is about.</summary>
public enum AlertKind
{
    /// <summary>Anomalous events.</summary>
    Anomaly = 0,

    /// <summary>No events for longer than <see cref="AlertPolicy.Silence"/>.</summary>
    Silence = 1,
}
