using System.Collections.Immutable;
using DagmmStream.Silo.Scores;

namespace DagmmStream.Silo.Events;

/// <summary>What became of the events of a request.</summary>
public sealed record IngestReply
{
    /// <summary>Events that were accepted now.</summary>
    public required long Accepted { get; init; }

    /// <summary>Events that had been accepted before, by an earlier try of this request.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Events that were not accepted.</summary>
    public required long Rejected { get; init; }

    /// <summary>Accepted events called anomalous.</summary>
    public required long Anomalies { get; init; }

    /// <summary>Accepted events that came before a first snapshot: they have no energy yet.</summary>
    public required long WarmingUp { get; init; }

    /// <summary>Where the events are.</summary>
    public required ImmutableArray<PartitionRange> Partitions { get; init; }

    /// <summary>The first rejections.</summary>
    public required ImmutableArray<Rejection> Rejections { get; init; }

    /// <summary>Columns of the body that are not used.</summary>
    public required ImmutableArray<string> IgnoredColumns { get; init; }

    /// <summary>Scores as asked for by <c>scores</c>.</summary>
    public required ImmutableArray<ScoreView> Scores { get; init; }

    /// <summary>True when the reply has no room for further scores; read them by offset.</summary>
    public required bool ScoresTruncated { get; init; }
}
