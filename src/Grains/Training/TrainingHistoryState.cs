using System.Collections.Immutable;

namespace DagmmStream.Grains.Training;

/// <summary>What grain storage keeps of the training steps that people look at: a picture, which no event depends on.</summary>
[GenerateSerializer]
[Alias("dagmm.training-history")]
public sealed class TrainingHistoryState
{
    /// <summary>The steps, oldest first.</summary>
    [Id(0)]
    public ImmutableArray<TrainingPoint> Points { get; set; } = [];

    /// <summary>Of so many steps one is kept.</summary>
    [Id(1)]
    public long Stride { get; set; } = 1;
}
