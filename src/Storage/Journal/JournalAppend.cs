using DagmmStream.Storage.Alerts;
using DagmmStream.Storage.Scores;

namespace DagmmStream.Storage.Journal;

/// <summary>One batch to be committed: its journal record and its scores.</summary>
public sealed record JournalAppend
{
    /// <summary>The partition, and the epoch under which it is written.</summary>
    public required PartitionHandle Partition { get; init; }

    /// <summary>The record; null for a stream with in-memory durability, which keeps only scores.</summary>
    public required JournalRecord? Record { get; init; }

    /// <summary>Scores of the events, for the score history.</summary>
    public required ScoreBlock Scores { get; init; }

    /// <summary>Explanations of the anomalies among them.</summary>
    /// <value>Default none.</value>
    public IReadOnlyList<StoredExplanation> Explanations { get; init; } = [];

    /// <summary>What the scores change about alerts.</summary>
    /// <value>Default nothing.</value>
    public IReadOnlyList<AlertChange> Alerts { get; init; } = [];
}
