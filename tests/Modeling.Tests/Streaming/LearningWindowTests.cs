using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Modeling.Tests.Streaming;

public class LearningWindowTests
{
    [Theory]
    [InlineData(2, 2)]
    [InlineData(600, 599)]
    [InlineData(601, 601)]
    public void Add_UntilFull_KeepsAllRows(int capacity, int count)
    {
        var window = Filled(capacity, count);
        Assert.Equal(count, window.Count);
        Assert.Equal(Enumerable.Range(0, count), Ids(window));
    }

    [Theory]
    [InlineData(2, 9)]
    [InlineData(10, 11)]
    [InlineData(11, 47)]
    [InlineData(600, 5000)]
    public void Add_BeyondCapacity_KeepsTheNewestHalfAndEarlierRowsOnce(int capacity, int count)
    {
        var ids = Ids(Filled(capacity, count));
        var (old, recent) = (ids[..(capacity / 2)], ids[(capacity / 2)..]);
        Assert.Equal(Enumerable.Range(count - recent.Length, recent.Length), recent.Order());
        Assert.All(old, id => Assert.InRange(id, 0, count - recent.Length - 1));
        Assert.Equal(old.Length, old.Distinct().Count());
    }

    [Fact]
    public void Add_ManyRows_ReservoirIsUniformOverThoseThatLeft()
    {
        // 40 windows of 20,000 rows each; 19,950 have left the recent half: 20 equal bins, 40·50 draws.
        const int Bins = 20, Seeds = 40, Left = 19_950;
        var counts = new int[Bins];
        for (var seed = 0; seed < Seeds; seed++)
            foreach (var id in Ids(Filled(100, 20_000, (ulong)seed))[..50]) counts[id * Bins / Left]++;
        var expected = Seeds * 50.0 / Bins;
        // 99.9 % quantile of chi-square with 19 degrees of freedom; the seeds are fixed.
        Assert.InRange(counts.Sum(n => (n - expected) * (n - expected) / expected), 0, 43.8);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(20)]
    [InlineData(333)]
    public void Read_Written_MakesTheSameChoicesAfterwards(int count)
    {
        var window = Filled(20, count);
        var bytes = Bytes(window);
        var reader = new CheckpointReader(bytes);
        var copy = LearningWindow.Read(reader, 20, 2, 7);
        reader.End();
        Assert.Equal(bytes, Bytes(copy));
        for (var i = count; i < count + 500; i++)
        {
            window.Add([i, -i]);
            copy.Add([i, -i]);
        }

        Assert.Equal(Bytes(window), Bytes(copy));
    }

    [Theory]
    [InlineData(-1L, 0, 0, 0f)] // negative count
    [InlineData(5L, 0, 6, 0f)] // more rows than seen
    [InlineData(9L, 0, 6, 0f)] // fewer rows than seen, and not full
    [InlineData(6L, 1, 6, 0f)] // wrapped round before it was full
    [InlineData(30L, 10, 20, 0f)] // place beyond the recent half
    [InlineData(30L, -1, 20, 0f)]
    [InlineData(30L, 0, 21, 0f)] // more rows than fit
    [InlineData(30L, 0, 20, float.NaN)]
    public void Read_Malformed_ThrowsCheckpointException(long seen, int oldest, int rows, float value)
    {
        var writer = new CheckpointWriter();
        writer.Write(seen);
        writer.Write(oldest);
        var values = new float[rows * 2];
        Array.Fill(values, value);
        writer.Write((ReadOnlySpan<float>)values);
        var exception = Assert.Throws<CheckpointException>(() => LearningWindow.Read(new CheckpointReader(writer.ToArray()), 20, 2, 7));
        Assert.Equal(CheckpointFailure.Malformed, exception.Failure);
    }

    [Fact]
    public void Read_Truncated_ThrowsCheckpointException()
    {
        var bytes = Bytes(Filled(20, 30));
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<CheckpointException>(() => LearningWindow.Read(new CheckpointReader(bytes.AsMemory(0, length)), 20, 2, 7));
    }

    [Fact]
    public void Add_RowOfAnotherWidth_Throws()
    {
        var window = Filled(20, 3);
        Assert.Throws<ArgumentException>(() => window.Add([1, 2, 3]));
        Assert.Equal(3, window.Seen);
    }

    private static LearningWindow Filled(int capacity, int count, ulong seed = 7)
    {
        var window = new LearningWindow(capacity, 2, seed);
        for (var i = 0; i < count; i++) window.Add([i, -i]);
        return window;
    }

    private static int[] Ids(LearningWindow window)
    {
        var ids = new int[window.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = (int)window.Row(i)[0];
            Assert.Equal(-ids[i], window.Row(i)[1]);
        }

        return ids;
    }

    private static byte[] Bytes(LearningWindow window)
    {
        var writer = new CheckpointWriter();
        window.Write(writer);
        return writer.ToArray();
    }
}
