namespace DagmmStream;

/// <summary>Counters and state of one partition. Counters marked "since activation" start at 0 whenever the grain is activated.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.partition-status")]
public sealed record PartitionStatus
{
    /// <summary>The partition.</summary>
    [Id(0)]
    public required PartitionId Partition { get; init; }

    /// <summary>What it does.</summary>
    [Id(1)]
    public required PartitionState State { get; init; }

    /// <summary>Events accepted so far: the next offset.</summary>
    [Id(2)]
    public required long Accepted { get; init; }

    /// <summary>Events that training has passed: learned, rejected by the guard or left out by the learning policy.</summary>
    [Id(3)]
    public required long Trained { get; init; }

    /// <summary>Events that were left out by the learning policy.</summary>
    [Id(4)]
    public required long NotLearned { get; init; }

    /// <summary>Events that the guard kept from being learned.</summary>
    [Id(5)]
    public required long RejectedByGuard { get; init; }

    /// <summary>Events of the warm-up that are there, of <see cref="WarmUpNeeded"/>.</summary>
    [Id(6)]
    public required int WarmUpSeen { get; init; }

    /// <summary>Events that a first snapshot needs.</summary>
    [Id(7)]
    public required int WarmUpNeeded { get; init; }

    /// <summary>Training steps tried.</summary>
    [Id(8)]
    public required long Steps { get; init; }

    /// <summary>Training steps skipped because a number was not finite.</summary>
    [Id(9)]
    public required long SkippedSteps { get; init; }

    /// <summary>Covariances that needed jitter.</summary>
    [Id(10)]
    public required long CholeskyRepairs { get; init; }

    /// <summary>Version of the snapshot that scores; 0 while warming up.</summary>
    [Id(11)]
    public required long SnapshotVersion { get; init; }

    /// <summary>Offset that the newest checkpoint covers.</summary>
    [Id(12)]
    public required long CheckpointOffset { get; init; }

    /// <summary>Checkpoints written since activation.</summary>
    [Id(13)]
    public required long Checkpoints { get; init; }

    /// <summary>Duplicates seen since activation.</summary>
    [Id(14)]
    public required long Duplicates { get; init; }

    /// <summary>Batches refused since activation.</summary>
    [Id(15)]
    public required long Refused { get; init; }

    /// <summary>Share of events that the learning policy learns at the moment.</summary>
    [Id(16)]
    public required double SamplingRate { get; init; }

    /// <summary>Publishes that kept the old snapshot because a number was not finite.</summary>
    [Id(17)]
    public required long FailedPublishes { get; init; }

    /// <summary>Events called anomalous since activation.</summary>
    [Id(18)]
    public required long Anomalies { get; init; }

    /// <summary>Why training stopped, if it did; scoring goes on with the last snapshot.</summary>
    [Id(19)]
    public string? TrainingFault { get; init; }

    /// <summary>Verdicts that a rule, a label or a back-fill made normal, since activation.</summary>
    [Id(20)]
    public long Suppressed { get; init; }

    /// <summary>Verdicts that a label made anomalous, since activation.</summary>
    [Id(21)]
    public long Raised { get; init; }

    /// <summary>Labels that the partition keeps.</summary>
    [Id(22)]
    public int Labels { get; init; }

    /// <summary>The limit that decides now: a p-value, a share or an energy, by the stream's <see cref="DecisionKind"/>.</summary>
    [Id(23)]
    public double DecisionLimit { get; init; }

    /// <summary>Accepted events with an imputed value, since the stream began.</summary>
    [Id(24)]
    public long Imputed { get; init; }

    /// <summary>Accepted events that were late, since the stream began.</summary>
    [Id(25)]
    public long Late { get; init; }

    /// <summary>Accepted events with a category that was new, since the stream began.</summary>
    [Id(26)]
    public long UnseenCategories { get; init; }

    /// <summary>Events that the provisional energies are based on; 0 before the first of them, and once verdicts are given.</summary>
    [Id(27)]
    public int ProvisionalEvents { get; init; }

    /// <summary>What verdicts wait for, in words; null once they are given.</summary>
    public string? WarmUpMissing => SnapshotVersion > 0 ? null
        : TrainingFault is not null ? $"training stopped ({TrainingFault}): a restart learns again"
        : WarmUpSeen < WarmUpNeeded ? $"{WarmUpNeeded - WarmUpSeen} more events, then verdicts; {Confidence}"
        : $"all {WarmUpNeeded} events are there; the model is being trained";

    private string Confidence => ProvisionalEvents == 0 ? "no energies yet"
        : $"energies of low confidence, from the first {ProvisionalEvents} events";
}
