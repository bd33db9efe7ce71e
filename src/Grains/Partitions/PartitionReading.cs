namespace DagmmStream.Grains.Partitions;

/// <summary>A partition's state for the gauges; numbers that do not exist yet are NaN and are not shown.</summary>
internal readonly record struct PartitionReading
{
    public required long Accepted { get; init; }

    public required long Trained { get; init; }

    public required long CheckpointOffset { get; init; }

    /// <summary>Seconds.</summary>
    public required double CheckpointAge { get; init; }

    public required double SamplingRate { get; init; }

    public required double WarmUp { get; init; }

    public required bool HasFault { get; init; }

    public required long Version { get; init; }

    public required int Alerts { get; init; }

    public required double Threshold { get; init; }

    public required double DeadComponents { get; init; }

    public required double Objective { get; init; }

    public required double Reconstruction { get; init; }

    public required double Energy { get; init; }

    public required double Penalty { get; init; }
}
