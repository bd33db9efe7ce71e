using System.Collections.Immutable;

namespace DagmmStream.Grains.Rounds;

/// <summary>What a branch brings back.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.round-branch-reply")]
internal sealed record RoundBranchReply
{
    /// <summary>The merged answer's bytes; empty when nobody answered.</summary>
    [Id(0)]
    public required byte[] Answer { get; init; }

    /// <summary>The partitions in it, ascending.</summary>
    [Id(1)]
    public required ImmutableArray<int> Answered { get; init; }
}
