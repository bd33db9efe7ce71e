namespace DagmmStream;

/// <summary>What a stream does when training is slower than ingest.</summary>
public enum LearningPolicy
{
    /// <summary>
    /// Learns a lower share of the events, chosen by a hash of the offset; the share is journaled, so a replay decides the same.
    /// </summary>
    Budgeted = 0,

    /// <summary>Learns every event; the bound of the training queue pushes back on the producers.</summary>
    Every = 1,
}
