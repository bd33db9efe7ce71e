using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>The snapshot that scores, as numbers for people and dashboards.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.model-description")]
public sealed record ModelDescription
{
    /// <summary>The partition.</summary>
    [Id(0)]
    public required PartitionId Partition { get; init; }

    /// <summary>Version of the snapshot; 0 while warming up, and everything else is then empty.</summary>
    [Id(1)]
    public required long Version { get; init; }

    /// <summary>Name of the training engine.</summary>
    [Id(2)]
    public required string Engine { get; init; }

    /// <summary>Trainable parameters of all members.</summary>
    [Id(3)]
    public required int Parameters { get; init; }

    /// <summary>Members M.</summary>
    [Id(4)]
    public required int Members { get; init; }

    /// <summary>Components K per member.</summary>
    [Id(5)]
    public required int Components { get; init; }

    /// <summary>Latent dimension D.</summary>
    [Id(6)]
    public required int LatentDimension { get; init; }

    /// <summary>Component shares phi [M K], member by member.</summary>
    [Id(7)]
    public required ImmutableArray<double> Shares { get; init; }

    /// <summary>Score at or above which an event is anomalous.</summary>
    [Id(8)]
    public required double Threshold { get; init; }

    /// <summary>Means of the features [d] in the window.</summary>
    [Id(9)]
    public required ImmutableArray<double> FeatureMeans { get; init; }

    /// <summary>Standard deviations of the features [d] in the window.</summary>
    [Id(10)]
    public required ImmutableArray<double> FeatureDeviations { get; init; }

    /// <summary>Events in the window that the mixture describes.</summary>
    [Id(11)]
    public required int WindowCount { get; init; }
}
