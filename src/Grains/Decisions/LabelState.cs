namespace DagmmStream.Grains.Decisions;

/// <summary>What grain storage keeps of a partition's labels.</summary>
[GenerateSerializer]
[Alias("dagmm.label-state")]
public sealed class LabelState
{
    /// <summary>The labels, in the order in which they were given.</summary>
    [Id(0)]
    public List<LabelledEvent> Labels { get; set; } = [];
}
