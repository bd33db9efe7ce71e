using DagmmStream.Storage.Journal;
using FsCheck.Xunit;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

public abstract class JournalPropertySuite : StoreSuite
{
    private const int Partitions = 3;

    [Property(MaxTest = 15)]
    public async Task AppendAsync_AnySequenceReopened_EqualsTheModel((byte Partition, byte Count)[] steps)
    {
        await using var dialect = await Dialect.NewDatabaseAsync();
        var model = Enumerable.Range(0, Partitions).Select(_ => new List<JournalRecord>()).ToArray();
        var next = new long[Partitions];
        await using (var store = dialect.New())
        {
            await store.InitializeAsync(CancellationToken.None);
            var journal = JournalOf(store);
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

        await using var reopened = dialect.New();
        await reopened.InitializeAsync(CancellationToken.None);
        var again = JournalOf(reopened);
        var history = HistoryOf(reopened);
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
