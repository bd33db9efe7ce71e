using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Sqlite;
using FsCheck.Xunit;

namespace DagmmStream.Storage.Tests;

public sealed class JournalPropertyTests : StoreFixture
{
    private const int Partitions = 3;
    private int _run;

    [Property(MaxTest = 15)]
    public async Task AppendAsync_AnySequenceReopened_EqualsTheModel((byte Partition, byte Count)[] steps)
    {
        var path = Path.Combine(Directory, $"{_run++}.db");
        var model = Enumerable.Range(0, Partitions).Select(_ => new List<JournalRecord>()).ToArray();
        var next = new long[Partitions];
        await using (var store = await OpenStoreAsync(options => options.Path = path))
        {
            var journal = new SqliteJournal(store);
            var handles = new PartitionHandle[Partitions];
            for (var p = 0; p < Partitions; p++) handles[p] = await journal.OpenAsync(new PartitionId("s", p), CancellationToken.None);
            var tasks = new List<Task>();
            foreach (var (partition, count) in steps)
            {
                var p = partition % Partitions;
                var batch = Batch(handles[p], next[p], 1 + (count % 40));
                next[p] += batch.Record!.Count;
                model[p].Add(batch.Record);
                tasks.Add(journal.AppendAsync(batch));
            }

            await Task.WhenAll(tasks);
        }

        await using var reopened = await OpenStoreAsync(options => options.Path = path);
        var again = new SqliteJournal(reopened);
        var history = new SqliteScoreHistory(reopened);
        for (var p = 0; p < Partitions; p++)
        {
            var id = new PartitionId("s", p);
            var found = await ReadAllAsync(again, await again.OpenAsync(id, CancellationToken.None));
            Assert.Equal(model[p].Select(Shape), found.Select(Shape));
            Assert.Equal((0, next[p]), await history.GetRangeAsync(id, CancellationToken.None));
        }
    }

    private static (long, int, long, string) Shape(JournalRecord record) =>
        (record.FirstOffset, record.Count, record.FirstSequence, Convert.ToHexString(record.Features.Span));
}
