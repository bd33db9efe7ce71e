using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Scores;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

public abstract class ScoreHistorySuite : StoreSuite
{
    private static readonly PartitionId Partition = new("s", 0);

    [Fact]
    public async Task ReadAsync_WarmingUpAndScored_SameRowsWithNaN()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(Partition, Token);
        var scores = ScoreBlock.From(
        [
            new EventScore(0, 10, 5, double.NaN, double.NaN, 1, Verdict.WarmingUp, 0),
            new EventScore(1, 11, 6, -3.5, double.PositiveInfinity, 1e-9, Verdict.Anomalous, long.MaxValue,
                EventFlags.Late | EventFlags.Provisional),
        ]);
        await journal.AppendAsync(new JournalAppend { Partition = handle, Record = null, Scores = scores });

        var history = HistoryOf(store);
        Assert.Equal(scores.Data, (await history.ReadAsync(Partition, 0, 10, Token)).Data);
        Assert.Equal(1, (await history.ReadAsync(Partition, 1, 10, Token)).Count);
        Assert.Equal((0, 2), await history.GetRangeAsync(Partition, Token));
        Assert.Equal((0, 0), await history.GetRangeAsync(new PartitionId("none", 0), Token));
        Assert.Empty(await ReadAllAsync(journal, handle));
    }

    [Fact]
    public async Task ReadExplanationsAsync_WrittenWithTheirScores_ReadDeletedAndForgotten()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(Partition, Token);
        for (var i = 0; i < 10; i++)
        {
            StoredExplanation explanation = new((10 * i) + 3, 100 * i, new[] { (byte)i });
            await journal.AppendAsync(Batch(handle, 10 * i, 10) with { Explanations = [explanation] });
        }

        var history = HistoryOf(store);
        var page = await history.ReadExplanationsAsync(Partition, 13, 3, Token);
        Assert.Equal([13L, 23, 33], page.Select(explanation => explanation.Offset));
        Assert.Equal([1], page[0].Payload.ToArray());
        Assert.Equal(100, page[0].Time);
        Assert.Empty(await history.ReadExplanationsAsync(new PartitionId("none", 0), 0, 10, Token));
        Assert.Equal(4, await history.DeleteExplanationsOlderThanAsync("s", DateTimeOffset.UnixEpoch.AddMicroseconds(400), Token));
        Assert.Equal(43, (await history.ReadExplanationsAsync(Partition, 0, 1, Token))[0].Offset);
        Assert.Equal(100, (await history.ReadAsync(Partition, 0, 1000, Token)).Count);
        await history.ForgetFromAsync(handle, 60, Token);
        Assert.Equal([43L, 53], (await history.ReadExplanationsAsync(Partition, 0, 10, Token)).Select(explanation => explanation.Offset));
        await journal.DeleteAsync(handle, Token);
        Assert.Empty(await history.ReadExplanationsAsync(Partition, 0, 10, Token));
    }

    [Fact]
    public async Task AppendAsync_SameBatchAgain_Replaced()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(Partition, Token);
        await journal.AppendAsync(Batch(handle, 0, 100, journaled: false));
        await journal.AppendAsync(Batch(handle, 100, 100, journaled: false));
        await journal.AppendAsync(Batch(handle, 0, 100, journaled: false, time: 1000));
        var read = await HistoryOf(store).ReadAsync(Partition, 0, 1000, Token);
        Assert.Equal(200, read.Count);
        Assert.Equal(1099, read[99].Time);
        Assert.Equal(100, read[100].Time);
    }

    [Fact]
    public async Task ReadAsync_BlocksThatOverlap_TheLaterBeginningCounts()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(Partition, Token);
        await journal.AppendAsync(Batch(handle, 0, 100, journaled: false));
        await journal.AppendAsync(Batch(handle, 60, 20, journaled: false, time: 1000));
        await journal.AppendAsync(Batch(handle, 80, 10, journaled: false, time: 1000));
        var history = HistoryOf(store);
        var read = await history.ReadAsync(Partition, 50, 1000, Token);
        Assert.Equal(Enumerable.Range(50, 40).Select(offset => (long)offset), Offsets(read));
        Assert.Equal(59, read[9].Time);
        Assert.Equal(1060, read[10].Time);
        Assert.Equal((0, 90), await history.GetRangeAsync(Partition, Token));
    }

    [Fact]
    public async Task ReadAsync_AnyPage_SameEventsAsAllAtOnce()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(Partition, Token);
        int[] counts = [1, 256, 3, 17, 1, 1, 64];
        var offset = 1000L;
        foreach (var count in counts)
        {
            await journal.AppendAsync(Batch(handle, offset, count));
            offset += count;
        }

        var history = HistoryOf(store);
        foreach (var from in new long[] { 0, 999, 1000, 1001, 1100, 1256, 1257, 1260, 1277, 1278, 1279, 1342, 1343, 5000 })
        foreach (var limit in new[] { 0, 1, 2, 5, 100, 255, 256, 1000 })
        {
            var expected = Enumerable.Range(1000, 343).Select(i => (long)i).Where(i => i >= from).Take(limit);
            Assert.Equal(expected, Offsets(await history.ReadAsync(Partition, from, limit, Token)));
        }
    }

    [Fact]
    public async Task ForgetFromAsync_Offset_ForgetsFromThere()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(Partition, Token);
        await journal.AppendAsync(Batch(handle, 0, 256, journaled: false));
        var history = HistoryOf(store);
        for (var i = 1; i < 600; i++) await journal.AppendAsync(Batch(handle, 255 + i, 1, journaled: false));
        await history.ForgetFromAsync(handle, 100, Token);
        Assert.Equal((0, 100), await history.GetRangeAsync(Partition, Token));
        Assert.Equal(Enumerable.Range(0, 100).Select(offset => (long)offset), Offsets(await history.ReadAsync(Partition, 0, 1000, Token)));
        await history.ForgetFromAsync(handle, 0, Token);
        Assert.Equal((0, 0), await history.GetRangeAsync(Partition, Token));
    }

    [Fact]
    public async Task DeleteOlderThanAsync_SeveralWindows_DeletesOldOfThatStreamOnly()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(Partition, Token);
        var other = await journal.OpenAsync(new PartitionId("t", 0), Token);
        for (var i = 0; i < 600; i++) await journal.AppendAsync(Batch(handle, i * 16, 16, journaled: false));
        await journal.AppendAsync(Batch(other, 0, journaled: false));

        var history = HistoryOf(store);
        // The batch of the events from 8992 to 9007 stays: not all of it is old.
        Assert.Equal(8992, await history.DeleteOlderThanAsync("s", DateTimeOffset.UnixEpoch.AddMicroseconds(9000), Token));
        Assert.Equal((8992, 600 * 16), await history.GetRangeAsync(Partition, Token));
        Assert.Equal((0, 4), await history.GetRangeAsync(other.Partition, Token));
    }

    private static IEnumerable<long> Offsets(ScoreBlock block) => Enumerable.Range(0, block.Count).Select(i => block[i].Offset);
}
