using System.Diagnostics;
using DagmmStream.Storage.Sqlite;

namespace DagmmStream.Storage.Tests;

public sealed class ThroughputTests(ITestOutputHelper output) : StoreFixture
{
    private const int Partitions = 4;
    private const int Events = 256;
    private const int Rounds = 400;

    // Measures and reports; asserts only that nothing is lost.
    [Theory]
    [InlineData(SqliteSynchronous.Full)]
    [InlineData(SqliteSynchronous.Normal)]
    public async Task AppendAsync_FourPartitions_AllStored(SqliteSynchronous synchronous)
    {
        var store = await OpenStoreAsync(options => options.Synchronous = synchronous);
        var journal = new SqliteJournal(store);
        var handles = new PartitionHandle[Partitions];
        for (var p = 0; p < Partitions; p++) handles[p] = await journal.OpenAsync(new PartitionId("s", p), Token);
        var batches = Enumerable.Range(0, Rounds).Select(
            r => handles.Select(handle => Batch(handle, r * Events, Events)).ToArray()).ToArray();
        var started = Stopwatch.GetTimestamp();
        var pending = new Queue<Task>();
        foreach (var round in batches)
        {
            foreach (var batch in round) pending.Enqueue(journal.AppendAsync(batch));
            while (pending.Count > 64) await pending.Dequeue();
        }

        await Task.WhenAll(pending);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var total = Rounds * Partitions * Events;
        output.WriteLine($"{synchronous}: {total / elapsed.TotalSeconds:N0} events/s");
        foreach (var handle in handles)
            Assert.Equal((0, Rounds * Events), await new SqliteScoreHistory(store).GetRangeAsync(handle.Partition, Token));
    }
}
