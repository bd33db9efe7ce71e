namespace DagmmStream.Bench.Chaos;

/// <summary>What a chaos run does.</summary>
internal sealed record ChaosOptions
{
    public int Silos { get; init; } = 3;

    public int Streams { get; init; } = 24;

    public int Partitions { get; init; } = 4;

    /// <summary>How long events are produced.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Faults, spread evenly over the duration.</summary>
    public int Faults { get; init; } = 30;

    /// <summary>Events a second and stream.</summary>
    public int Rate { get; init; } = 40;

    /// <summary>Chooses faults and victims.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The kinds of faults; by default all but <see cref="FaultKind.Outage"/>.</summary>
    public IReadOnlyList<FaultKind> Kinds { get; init; } = AtRandom;

    /// <summary>Faults that a random run draws from.</summary>
    public static IReadOnlyList<FaultKind> AtRandom { get; } = [.. Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.Outage)];
}
