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
    public async Task AppendAsync_SameOffsetsAgain_Replaced()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(Partition, Token);
        await journal.AppendAsync(Batch(handle, 0, 100, journaled: false));
        await journal.AppendAsync(Batch(handle, 0, 50, journaled: false, time: 1000));
        var read = await HistoryOf(store).ReadAsync(Partition, 0, 1000, Token);
        Assert.Equal(100, read.Count);
        Assert.Equal(1049, read[49].Time);
        Assert.Equal(50, read[50].Time);
    }

    [Fact]
    public async Task ForgetFromAsync_Offset_ForgetsFromThere()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(Partition, Token);
        await journal.AppendAsync(Batch(handle, 0, 256, journaled: false));
        var history = HistoryOf(store);
        Assert.Equal(156, await history.ForgetFromAsync(handle, 100, Token));
        Assert.Equal((0, 100), await history.GetRangeAsync(Partition, Token));
    }

    [Fact]
    public async Task DeleteOlderThanAsync_SeveralWindows_DeletesOldOfThatStreamOnly()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(Partition, Token);
        var other = await journal.OpenAsync(new PartitionId("t", 0), Token);
        for (var i = 0; i < 40; i++) await journal.AppendAsync(Batch(handle, i * 256, 256, journaled: false));
        await journal.AppendAsync(Batch(other, 0, journaled: false));

        var history = HistoryOf(store);
        Assert.Equal(9000, await history.DeleteOlderThanAsync("s", DateTimeOffset.UnixEpoch.AddMicroseconds(9000), Token));
        Assert.Equal((9000, 40 * 256), await history.GetRangeAsync(Partition, Token));
        Assert.Equal((0, 4), await history.GetRangeAsync(other.Partition, Token));
    }
}
