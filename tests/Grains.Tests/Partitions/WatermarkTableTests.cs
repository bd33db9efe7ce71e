using DagmmStream.Grains.Partitions;
using FsCheck.Xunit;

namespace DagmmStream.Grains.Tests.Partitions;

public sealed class WatermarkTableTests
{
    [Fact]
    public void Indexer_UnknownProducer_IsMinusOne() => Assert.Equal(-1, new WatermarkTable(4)["nobody"]);

    [Fact]
    public void Advance_BeyondCapacity_ForgetsTheProducerThatWasSilentForLongest()
    {
        var table = new WatermarkTable(2);
        table.Advance("a", 9, 9);
        table.Advance("b", 4, 14);
        table.Advance("a", 12, 17);
        table.Advance("c", 0, 18);
        Assert.Equal([("a", 12L, 17L), ("c", 0L, 18L)], table.Entries());
    }

    [Property]
    public bool Advance_AnyOrder_KeepsTheHighestSequence(byte[] sequences)
    {
        var table = new WatermarkTable(4);
        for (var i = 0; i < sequences.Length; i++) table.Advance("p", sequences[i], i);
        return table["p"] == (sequences.Length == 0 ? -1 : sequences.Max());
    }

    [Property]
    public bool Clone_ThenAdvance_LeavesTheOriginal(byte first, byte second)
    {
        var table = new WatermarkTable(4);
        table.Advance("p", first, 0);
        var copy = table.Clone();
        copy.Advance("p", first + second + 1L, 1);
        return table["p"] == first && copy["p"] == first + second + 1L;
    }

    /// <summary>
    /// The rule that makes retries harmless: whatever is sent again, and cut however, every sequence is accepted exactly once.
    /// </summary>
    [Property]
    public bool Check_AnyResends_AcceptsEverySequenceOnce((byte First, byte Count)[] batches)
    {
        var table = new WatermarkTable(4);
        var accepted = new List<long>();
        foreach (var (first, size) in batches)
        {
            var count = (size % EventBatch.MaxEvents) + 1;
            var check = SequenceCheck.Of(table["p"], first, count);
            if (check.IsGap) continue;
            for (var sequence = first + check.Duplicates; sequence < first + count; sequence++) accepted.Add(sequence);
            table.Advance("p", first + count - 1, accepted.Count);
        }

        return accepted.SequenceEqual(Enumerable.Range(0, accepted.Count).Select(sequence => (long)sequence));
    }

    [Theory]
    [InlineData(-1, 0, 10, 0, false)]
    [InlineData(-1, 1, 10, 0, true)]
    [InlineData(9, 10, 5, 0, false)]
    [InlineData(9, 11, 5, 0, true)]
    [InlineData(9, 5, 10, 5, false)]
    [InlineData(9, 0, 10, 10, false)]
    [InlineData(9, 0, 4, 4, false)]
    public void SequenceCheck_Of_FindsDuplicatesAndGaps(long watermark, long first, int count, int duplicates, bool isGap)
    {
        Assert.Equal(new SequenceCheck(watermark + 1, duplicates, isGap), SequenceCheck.Of(watermark, first, count));
    }
}
