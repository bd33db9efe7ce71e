namespace DagmmStream;

/// <summary>Scores read from a cursor.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.score-page")]
public sealed class ScorePage
{
    /// <summary>The scores, by offset; may be empty.</summary>
    [Id(0)]
    public required ScoreBlock Scores { get; init; }

    /// <summary>Where to read on: one past the last offset read.</summary>
    [Id(1)]
    public required long NextOffset { get; init; }

    /// <summary>Offsets before this one are no longer kept.</summary>
    [Id(2)]
    public required long FirstOffset { get; init; }
}
