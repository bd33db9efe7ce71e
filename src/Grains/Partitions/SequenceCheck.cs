namespace DagmmStream.Grains.Partitions;

/// <summary>What a producer's watermark says about a batch.</summary>
/// <param name="Expected">The producer's next sequence.</param>
/// <param name="Duplicates">How many of the batch's first events were accepted before.</param>
/// <param name="IsGap">True when the batch starts beyond <paramref name="Expected"/>: nothing of it can be accepted yet.</param>
internal readonly record struct SequenceCheck(long Expected, int Duplicates, bool IsGap)
{
    /// <summary>Compares a batch with a watermark.</summary>
    /// <param name="watermark">Highest sequence accepted; -1 for none.</param>
    /// <param name="firstSequence">Sequence of the batch's first event.</param>
    /// <param name="count">Events in the batch.</param>
    public static SequenceCheck Of(long watermark, long firstSequence, int count)
    {
        var expected = watermark + 1;
        if (firstSequence > expected) return new SequenceCheck(expected, 0, IsGap: true);
        return new SequenceCheck(expected, (int)Math.Min(count, expected - firstSequence), IsGap: false);
    }
}
