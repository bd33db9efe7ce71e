using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

public abstract class JournalSuite : StoreSuite
{
    private static readonly PartitionId First = new("s", 0);
    private static readonly PartitionId Second = new("s", 1);

    [Fact]
    public async Task ForgetProducersAsync_NamesThatNobodyNeeds_GoAndTheJournalStaysReadable()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(First, Token);
        for (var i = 0; i < 5; i++) await journal.AppendAsync(Batch(handle, 4 * i, producer: $"key-{i}"));
        await journal.TruncateAsync(handle, 12, Token);
        await Dialect.AgeProducersAsync();
        Assert.Equal(2, await store.ForgetProducersAsync(2, Token));
        Assert.Equal(1, await store.ForgetProducersAsync(2, Token));
        Assert.Equal(["key-3", "key-4"], (await ReadAllAsync(journal, handle)).Select(record => record.Producer));

        // A name that was forgotten comes back with a number of its own.
        await store.DisposeAsync();
        var next = await OpenStoreAsync();
        await JournalOf(next).AppendAsync(Batch(handle, 20, producer: "key-0"));
        Assert.Equal("key-0", (await ReadAllAsync(JournalOf(next), handle))[^1].Producer);
        Assert.Equal(0, await next.ForgetProducersAsync(100, Token));
    }

    [Fact]
    public async Task AppendAsync_ManyBatchesThenReopen_AllThereInOrder()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var a = await journal.OpenAsync(First, Token);
        var b = await journal.OpenAsync(Second, Token);
        var tasks = Enumerable.Range(0, 200).SelectMany(i => new[]
        {
            journal.AppendAsync(Batch(a, i * 4, producer: i % 2 == 0 ? "x" : "y", rate: (byte)i)), journal.AppendAsync(Batch(b, i * 4)),
        }).ToArray();
        await Task.WhenAll(tasks);
        await store.DisposeAsync();

        var reopened = await OpenJournalAsync();
        var handle = await reopened.OpenAsync(First, Token);
        var records = await ReadAllAsync(reopened, handle);

        Assert.Equal(2, handle.Epoch);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => 4L * i), records.Select(record => record.FirstOffset));
        Assert.Equal("y", records[1].Producer);
        Assert.Equal(7, records[7].SamplingRate);
        Assert.Equal(Batch(a, 28).Record!.Features.ToArray(), records[7].Features.ToArray());
    }

    [Fact]
    public async Task AppendAsync_HandleTakenOver_FencedForThatPartitionOnly()
    {
        var journal = await OpenJournalAsync();
        var old = await journal.OpenAsync(First, Token);
        var other = await journal.OpenAsync(Second, Token);
        var current = await journal.OpenAsync(First, Token);

        var fenced = journal.AppendAsync(Batch(old, 0));
        var fine = journal.AppendAsync(Batch(other, 0));
        var taken = journal.AppendAsync(Batch(current, 0));

        await ThrowsAsync(ErrorCode.Fenced, () => fenced);
        await Task.WhenAll(fine, taken);
        await ThrowsAsync(ErrorCode.Fenced, () => journal.TruncateAsync(old, 100, Token));
        await ThrowsAsync(ErrorCode.Fenced, () => journal.DeleteAsync(old, Token));
        await ThrowsAsync(ErrorCode.Fenced, () => journal.ConfirmAsync(old, Token));
        await journal.ConfirmAsync(current, Token);
        Assert.Single(await ReadAllAsync(journal, current));
    }

    [Fact]
    public async Task AppendAsync_AfterAFailedAppend_FailsUntilReopened()
    {
        var journal = await OpenJournalAsync();
        var a = await journal.OpenAsync(First, Token);
        var b = await journal.OpenAsync(Second, Token);
        await journal.AppendAsync(Batch(a, 0));

        var clash = journal.AppendAsync(Batch(a, 0));
        var behind = journal.AppendAsync(Batch(a, 4));
        var other = journal.AppendAsync(Batch(b, 0));

        await Assert.ThrowsAsync<DagmmStreamException>(() => clash);
        await Assert.ThrowsAsync<DagmmStreamException>(() => behind);
        await other;
        await Assert.ThrowsAsync<DagmmStreamException>(() => journal.AppendAsync(Batch(a, 4)));
        var again = await journal.OpenAsync(First, Token);
        await journal.AppendAsync(Batch(again, 4));
        Assert.Equal([0L, 4L], (await ReadAllAsync(journal, again)).Select(record => record.FirstOffset));
    }

    [Fact]
    public async Task ReadAsync_FromTheMiddleOfARecord_IncludesItWhole()
    {
        var journal = await OpenJournalAsync();
        var handle = await journal.OpenAsync(First, Token);
        for (var i = 0; i < 5; i++) await journal.AppendAsync(Batch(handle, i * 4));

        Assert.Equal([8L, 12L, 16L], (await ReadAllAsync(journal, handle, 10)).Select(record => record.FirstOffset));
        Assert.Equal([12L, 16L], (await ReadAllAsync(journal, handle, 12)).Select(record => record.FirstOffset));
        Assert.Empty(await ReadAllAsync(journal, handle, 20));
    }

    [Fact]
    public async Task TruncateAsync_OffsetInsideARecord_KeepsTheRecordThatReachesOver()
    {
        var journal = await OpenJournalAsync();
        var handle = await journal.OpenAsync(First, Token);
        for (var i = 0; i < 5; i++) await journal.AppendAsync(Batch(handle, i * 4));

        await journal.TruncateAsync(handle, 10, Token);
        Assert.Equal([8L, 12L, 16L], (await ReadAllAsync(journal, handle)).Select(record => record.FirstOffset));
        await journal.TruncateAsync(handle, 12, Token);
        Assert.Equal([12L, 16L], (await ReadAllAsync(journal, handle)).Select(record => record.FirstOffset));
    }

    [Fact]
    public async Task DeleteAsync_ThenReopen_EmptyAndEpochGoesOn()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(First, Token);
        await journal.AppendAsync(Batch(handle, 0));

        await journal.DeleteAsync(handle, Token);

        Assert.Empty(await ReadAllAsync(journal, handle));
        Assert.Equal((0, 0), await HistoryOf(store).GetRangeAsync(First, Token));
        Assert.Equal(handle.Epoch + 1, (await journal.OpenAsync(First, Token)).Epoch);
    }

    [Fact]
    public async Task ReadAsync_DamagedRow_NamesPartitionAndOffset()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(First, Token);
        await journal.AppendAsync(Batch(handle, 0));
        await journal.AppendAsync(Batch(handle, 4));
        await Dialect.ExecuteAsync("UPDATE journal SET first_sequence = 5 WHERE first_offset = 4");

        var damaged = await ThrowsAsync(ErrorCode.StoreDamaged, () => ReadAllAsync(journal, handle));
        Assert.Contains("s/0", damaged.Message, StringComparison.Ordinal);
        Assert.Contains("offset 4", damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppendAsync_QueueFull_OverloadedAndFollowersRefused()
    {
        var store = await OpenStoreAsync(queueCapacity: 1);
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(First, Token);
        using var held = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var blocker = store.Writer.RunAsync(
            null,
            () =>
            {
                started.Set();
                held.Wait();
                return 0;
            },
            Token);
        started.Wait(Token);

        var queued = journal.AppendAsync(Batch(handle, 0));
        Assert.False(journal.HasRoom);
        var refused = await ThrowsAsync(ErrorCode.Overloaded, () => journal.AppendAsync(Batch(handle, 4)));
        held.Set();
        await Task.WhenAll(blocker, queued);

        Assert.True(refused.IsTransient);
        await ThrowsAsync(ErrorCode.Overloaded, () => journal.AppendAsync(Batch(handle, 8)));
        Assert.Single(await ReadAllAsync(journal, handle));
    }

    [Fact]
    public async Task DisposeAsync_BatchesQueued_AllWritten()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(First, Token);
        var tasks = Enumerable.Range(0, 100).Select(i => journal.AppendAsync(Batch(handle, i * 4))).ToArray();

        await store.DisposeAsync();

        await Task.WhenAll(tasks);
        await ThrowsAsync(ErrorCode.StoreUnavailable, () => journal.AppendAsync(Batch(handle, 400)));
        var reopened = await OpenJournalAsync();
        Assert.Equal(100, (await ReadAllAsync(reopened, await reopened.OpenAsync(First, Token))).Count);
    }
}
