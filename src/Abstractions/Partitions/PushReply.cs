namespace DagmmStream;

/// <summary>Answer to a pushed batch.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.push-reply")]
public sealed class PushReply
{
    /// <summary>What became of the batch.</summary>
    [Id(0)]
    public required PushOutcome Outcome { get; init; }

    /// <summary>Verdicts of the batch's events, in order; null unless accepted.</summary>
    [Id(1)]
    public ScoreBlock? Scores { get; init; }

    /// <summary>How many of the first events had been accepted before: their scores are the ones they got then, or, when they have left
    /// the partition's memory, entries with offset -1.</summary>
    [Id(2)]
    public int Duplicates { get; init; }

    /// <summary>When to send a refused batch again.</summary>
    [Id(3)]
    public TimeSpan RetryAfter { get; init; }

    /// <summary>The producer's next sequence on this partition.</summary>
    [Id(4)]
    public long ExpectedSequence { get; init; }

    /// <summary>Why nothing was accepted.</summary>
    [Id(5)]
    public string? Reason { get; init; }
}
