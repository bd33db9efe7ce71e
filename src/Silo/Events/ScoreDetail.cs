namespace DagmmStream.Silo.Events;

/// <summary>Which scores the reply to pushed events has.</summary>
internal enum ScoreDetail
{
    /// <summary>Of all events, up to the limit of a reply.</summary>
    All = 0,

    /// <summary>Of the anomalous ones.</summary>
    Anomalies = 1,

    /// <summary>None.</summary>
    None = 2,
}
