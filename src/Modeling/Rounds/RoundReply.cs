using System.Collections.Immutable;

namespace DagmmStream.Modeling.Rounds;

/// <summary>What came back from the partitions that were asked.</summary>
/// <param name="Answer">The merged answer, in the order of the partitions; null when nobody answered.</param>
/// <param name="Answered">The partitions that are in it, ascending.</param>
internal sealed record RoundReply(RoundAnswer? Answer, ImmutableArray<int> Answered)
{
    /// <summary>Answers of partitions one reply covers at most; more of them are a tree of replies.</summary>
    public const int Fan = 32;

    /// <summary>Merges replies in their order, by halves: the same grouping whoever was first.</summary>
    public static RoundReply Merge(ReadOnlySpan<RoundReply> replies)
    {
        if (replies.IsEmpty) return new RoundReply(null, []);
        if (replies.Length == 1) return replies[0];
        var (left, right) = (Merge(replies[..(replies.Length / 2)]), Merge(replies[(replies.Length / 2)..]));
        if (left.Answer is null) return right;
        if (right.Answer is null) return left;
        return new RoundReply(RoundAnswer.Merge(left.Answer, right.Answer), [.. left.Answered, .. right.Answered]);
    }
}
