using DagmmStream.Storage.Journal;
using DagmmStream.Storage.PostgreSql;
using DagmmStream.Storage.Scores;
using DagmmStream.Tests.Shared;
using Microsoft.Extensions.Options;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

/// <summary>A database that goes away and comes back, on a server of this class's own.</summary>
public sealed class PostgreSqlOutageTests : IAsyncLifetime
{
    private static readonly PartitionId Partition = new("s", 0);
    private PostgreSqlServer _server = null!;
    private PostgreSqlStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? "");
        _server = await PostgreSqlServer.StartAsync();
        _store = new PostgreSqlStore(
            Options.Create(new PostgreSqlStoreOptions { ConnectionString = await _server.CreateDatabaseAsync() }));
        await _store.InitializeAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task AppendAsync_ServerGoneAndBack_CommittedOnceWithoutAnError(string mode)
    {
        var journal = new StoreJournal(_store);
        var handle = await journal.OpenAsync(Partition, Token);
        await journal.AppendAsync(Batch(handle, 0));
        await _server.StopAsync(mode);

        var waiting = new[] { journal.AppendAsync(Batch(handle, 4)), journal.AppendAsync(Batch(handle, 8)) };
        await UntilAsync(() => !journal.IsAvailable);
        var down = await ThrowsAsync(ErrorCode.StoreUnavailable, () => _store.CheckAsync(Token));
        Assert.Contains("tried again", down.Message, StringComparison.Ordinal);
        Assert.False(waiting[0].IsCompleted);
        await _server.ResumeAsync();
        await Task.WhenAll(waiting);

        Assert.True(journal.IsAvailable);
        await _store.CheckAsync(Token);
        Assert.Equal([0L, 4L, 8L], (await ReadAllAsync(journal, handle)).Select(record => record.FirstOffset));
        Assert.Equal((0, 12), await new StoreScoreHistory(_store).GetRangeAsync(Partition, Token));
    }

    [Fact]
    public async Task AppendAsync_ServerCrashesAgainAndAgainUnderLoad_EveryBatchOnce()
    {
        var journal = new StoreJournal(_store);
        var handle = await journal.OpenAsync(Partition, Token);
        var appended = new List<Task>();
        var count = 0;
        using var enough = new CancellationTokenSource();
        var producing = Task.Run(
            async () =>
            {
                for (var offset = 0L; !enough.IsCancellationRequested; offset += 4)
                {
                    appended.Add(journal.AppendAsync(Batch(handle, offset)));
                    Volatile.Write(ref count, appended.Count);
                    if (appended.Count >= 16) await appended[^16];
                }
            },
            Token);
        for (var crash = 0; crash < 3; crash++)
        {
            var before = Volatile.Read(ref count);
            await UntilAsync(() => Volatile.Read(ref count) >= before + 200);
            await _server.StopAsync("immediate");
            await _server.ResumeAsync();
        }

        await enough.CancelAsync();
        await producing;
        await Task.WhenAll(appended);
        var expected = Enumerable.Range(0, appended.Count).Select(i => 4L * i);
        Assert.Equal(expected, (await ReadAllAsync(journal, handle)).Select(record => record.FirstOffset));
    }

    [Fact]
    public async Task DisposeAsync_ServerGone_WaitingBatchesFailTransient()
    {
        var journal = new StoreJournal(_store);
        var handle = await journal.OpenAsync(Partition, Token);
        await _server.StopAsync();
        var waiting = journal.AppendAsync(Batch(handle, 0));
        await UntilAsync(() => !journal.IsAvailable);

        await _store.DisposeAsync();

        Assert.True((await ThrowsAsync(ErrorCode.StoreUnavailable, () => waiting)).IsTransient);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(5), Token);
    }
}
