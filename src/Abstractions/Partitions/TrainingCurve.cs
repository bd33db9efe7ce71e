using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>
/// How training of a partition went: bounded, by keeping every second, fourth, … step when there are many; the newest is always there.
/// Kept over restarts; a crash may cost the steps of the last minute.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.training-curve")]
public sealed record TrainingCurve
{
    /// <summary>The partition.</summary>
    [Id(0)]
    public required PartitionId Partition { get; init; }

    /// <summary>Members M.</summary>
    [Id(1)]
    public required int Members { get; init; }

    /// <summary>Components K per member.</summary>
    [Id(2)]
    public required int Components { get; init; }

    /// <summary>Steps, oldest first.</summary>
    [Id(3)]
    public required ImmutableArray<TrainingPoint> Points { get; init; }
}
