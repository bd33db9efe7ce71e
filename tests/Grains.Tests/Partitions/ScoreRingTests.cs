using DagmmStream.Grains.Partitions;
using FsCheck.Xunit;

namespace DagmmStream.Grains.Tests.Partitions;

public sealed class ScoreRingTests
{
    [Property]
    public void Append_AnySizes_KeepsTheNewestScoresInOrder(byte[] sizes)
    {
        const int Capacity = 300;
        var ring = new ScoreRing(() => Capacity);
        long next = 0;
        foreach (var size in sizes)
        {
            ring.Append(Scores(next, next, size), "p");
            next += size;
        }

        Assert.Equal(next, ring.NextOffset);
        Assert.True(ring.FirstOffset <= Math.Max(0, next - Math.Min(next, 64)));
        Assert.True(ring.NextOffset - ring.FirstOffset <= Capacity);
        var read = ring.Read(ring.FirstOffset, int.MaxValue);
        for (var i = 0; i < read.Count; i++) Assert.Equal(ring.FirstOffset + i, read[i].Offset);
    }

    [Fact]
    public void Append_BoundFallsAndRises_KeepsTheNewestScores()
    {
        var bound = 1000;
        var ring = new ScoreRing(() => bound);
        for (var at = 0; at < 1000; at += 100) ring.Append(Scores(at, at, 100), "p");
        Assert.Equal(0, ring.FirstOffset);
        bound = 256;
        ring.Append(Scores(1000, 1000, 100), "p");
        Assert.Equal(1100 - 256, ring.FirstOffset);
        bound = 1000;
        for (var at = 1100; at < 1600; at += 100) ring.Append(Scores(at, at, 100), "p");
        Assert.Equal(1100 - 256, ring.FirstOffset);
        var read = ring.Read(ring.FirstOffset, int.MaxValue);
        for (var i = 0; i < read.Count; i++) Assert.Equal(ring.FirstOffset + i, read[i].Offset);
        Assert.Equal([1000, 1599], Copy(ring, "p", 1000, 1).Concat(Copy(ring, "p", 1599, 1)));
    }

    [Fact]
    public void Append_Gap_Throws()
    {
        var ring = new ScoreRing(() => 64);
        Assert.Throws<InvalidOperationException>(() => ring.Append(Scores(5, 0, 1), "p"));
    }

    [Fact]
    public void CopyOfProducer_TwoProducers_FindsEachOnesScores()
    {
        var ring = new ScoreRing(() => 256);
        ring.Append(Scores(0, 0, 10), "a");
        ring.Append(Scores(10, 0, 5), "b");
        ring.Append(Scores(15, 10, 10), "a");
        Assert.Equal([8, 9, 15, 16], Copy(ring, "a", 8, 4));
        Assert.Equal([10, 11, 12, 13, 14], Copy(ring, "b", 0, 5));
    }

    [Fact]
    public void CopyOfProducer_ScoreHasLeft_MarksItWithOffsetMinusOne()
    {
        var ring = new ScoreRing(() => 64);
        ring.Append(Scores(0, 0, 60), "a");
        ring.Append(Scores(60, 60, 60), "a");
        Assert.Equal([-1, -1], Copy(ring, "a", 0, 2));
        Assert.Equal([118, 119, -1], Copy(ring, "a", 118, 3));
    }

    [Fact]
    public void Read_FromTheEnd_IsEmpty()
    {
        var ring = new ScoreRing(() => 64);
        ring.Reset(7);
        Assert.Equal(0, ring.Read(7, 10).Count);
        Assert.Equal(7, ring.FirstOffset);
    }

    private static long[] Copy(ScoreRing ring, string producer, long sequence, int count)
    {
        var rows = new byte[count * ScoreBlock.RowBytes];
        ring.CopyOfProducer(producer, sequence, rows, count);
        var block = new ScoreBlock(rows);
        return [.. Enumerable.Range(0, count).Select(index => block[index].Offset)];
    }

    private static ScoreBlock Scores(long offset, long sequence, int count) => ScoreBlock.From(
        [.. Enumerable.Range(0, count).Select(i => new EventScore(offset + i, i, sequence + i, 1.5, 2.5, 0.25, Verdict.Normal, 3))]);
}
