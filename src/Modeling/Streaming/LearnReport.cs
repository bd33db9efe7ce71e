using System.Collections.Immutable;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Streaming;

/// <summary>What learning one chunk changed: a copy of the numbers, safe to read while the next chunk is learned.</summary>
public sealed record LearnReport
{
    /// <summary>The snapshot that scores from now on; null while warming up.</summary>
    public required ModelSnapshot? Snapshot { get; init; }

    /// <summary>Counters after the chunk.</summary>
    public required LearnerCounters Counters { get; init; }

    /// <summary>Training steps tried since the stream began.</summary>
    public required long Steps { get; init; }

    /// <summary>Events of the warm-up that are there.</summary>
    public required int WarmUpSeen { get; init; }

    /// <summary>What the chunk showed about drift; null for nothing.</summary>
    public DriftEvent? Drift { get; init; }

    /// <summary>The latest of these, oldest first; at most 16.</summary>
    public ImmutableArray<DriftEvent> Drifts { get; init; } = [];

    /// <summary>True while a drift is suspected and not yet understood.</summary>
    public bool IsSuspicious { get; init; }

    /// <summary>Objective terms of the chunk's last step; null when it had none.</summary>
    public StepResult? LastStep { get; init; }
}
