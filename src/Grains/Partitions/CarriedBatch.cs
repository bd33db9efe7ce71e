namespace DagmmStream.Grains.Partitions;

/// <summary>Accepted events of a stream without a journal that no checkpoint covers, on their way to the partition's next silo.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.carried-batch")]
internal sealed record CarriedBatch
{
    /// <summary>Offset of the first event.</summary>
    [Id(0)]
    public required long FirstOffset { get; init; }

    /// <summary>Events n; the first of them may be in the checkpoint.</summary>
    [Id(1)]
    public required int Count { get; init; }

    /// <summary>Name of the producer.</summary>
    [Id(2)]
    public required string Producer { get; init; }

    /// <summary>Sequence of the first event.</summary>
    [Id(3)]
    public required long FirstSequence { get; init; }

    /// <summary>Share of the events that the learning policy learns, 0 to 255 (255 = all).</summary>
    [Id(4)]
    public required byte SamplingRate { get; init; }

    /// <summary>The features as a journal would have them; empty where none is learned.</summary>
    [Id(5)]
    public required byte[] Features { get; init; }
}
