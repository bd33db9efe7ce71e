namespace DagmmStream;

/// <summary>The rounds of a stream with more than one partition.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.round-status")]
public sealed record RoundStatus
{
    /// <summary>Number of the newest round, which is the version of the snapshot that it published; 0 before the first.</summary>
    [Id(0)]
    public required long Round { get; init; }

    /// <summary>Partitions whose weights and windows are in it.</summary>
    [Id(1)]
    public required int Participants { get; init; }

    /// <summary>Partitions of the stream.</summary>
    [Id(2)]
    public required int Partitions { get; init; }

    /// <summary>Events accepted by the partitions of the round since the stream began.</summary>
    [Id(3)]
    public required long Accepted { get; init; }

    /// <summary>How long the newest round took, from the first question to the written snapshot; null if the coordinator restarted
    /// since.</summary>
    [Id(4)]
    public TimeSpan? Duration { get; init; }

    /// <summary>Rounds that published nothing since the coordinator was activated.</summary>
    [Id(5)]
    public long Undecided { get; init; }

    /// <summary>Why the last of these published nothing; null when none did.</summary>
    [Id(6)]
    public string? Reason { get; init; }
}
