using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>What one member of the snapshot makes of recent events: their code z, and the mixture that it is compared with.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.latent-space")]
public sealed record LatentSpace
{
    /// <summary>The partition.</summary>
    [Id(0)]
    public required PartitionId Partition { get; init; }

    /// <summary>Version of the snapshot; 0 while warming up, and everything else is then empty.</summary>
    [Id(1)]
    public required long Version { get; init; }

    /// <summary>The member, 0 to <see cref="Members"/> - 1.</summary>
    [Id(2)]
    public required int Member { get; init; }

    /// <summary>Members M.</summary>
    [Id(3)]
    public required int Members { get; init; }

    /// <summary>Dimension D of z: the latent code, then the reconstruction features.</summary>
    [Id(4)]
    public required int Dimension { get; init; }

    /// <summary>How many of them are the latent code.</summary>
    [Id(5)]
    public required int Latent { get; init; }

    /// <summary>Component shares phi [K].</summary>
    [Id(6)]
    public required ImmutableArray<double> Shares { get; init; }

    /// <summary>Means mu [K, D] of the components, in units of the window's deviation of z.</summary>
    [Id(7)]
    public required ImmutableArray<double> Means { get; init; }

    /// <summary>Covariances Sigma [K, D, D], in these units.</summary>
    [Id(8)]
    public required ImmutableArray<double> Covariances { get; init; }

    /// <summary>Offsets of the newest events [n], oldest first.</summary>
    [Id(9)]
    public required ImmutableArray<long> Offsets { get; init; }

    /// <summary>Verdicts that these events got [n].</summary>
    [Id(10)]
    public required ImmutableArray<Verdict> Verdicts { get; init; }

    /// <summary>Their codes z [n, D], in the units of the means; NaN where the network overflowed.</summary>
    [Id(11)]
    public required ImmutableArray<float> Codes { get; init; }
}
