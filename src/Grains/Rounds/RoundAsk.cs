using System.Collections.Immutable;

namespace DagmmStream.Grains.Rounds;

/// <summary>A question on its way to partitions.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.round-ask")]
internal sealed record RoundAsk
{
    /// <summary>The stream.</summary>
    [Id(0)]
    public required string Stream { get; init; }

    /// <summary>Number of the round.</summary>
    [Id(1)]
    public required long Round { get; init; }

    /// <summary>True for the first question.</summary>
    [Id(2)]
    public required bool IsCollect { get; init; }

    /// <summary>The question's bytes.</summary>
    [Id(3)]
    public required byte[] Question { get; init; }

    /// <summary>The partitions, ascending.</summary>
    [Id(4)]
    public required ImmutableArray<int> Partitions { get; init; }
}
