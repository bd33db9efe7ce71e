using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Sqlite;
using Microsoft.Extensions.Options;

namespace DagmmStream.Storage.Tests;

/// <summary>A store in a directory of its own, which is deleted afterwards.</summary>
public abstract class StoreFixture : IAsyncDisposable
{
    protected const int Features = 8;
    private readonly List<SqliteStore> _opened = [];

    protected string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("dagmm-").FullName;

    protected string DatabasePath => Path.Combine(Directory, "store.db");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened) await store.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected SqliteStore NewStore(Action<SqliteStoreOptions>? configure = null)
    {
        var options = new SqliteStoreOptions { Path = DatabasePath, Synchronous = SqliteSynchronous.Normal };
        configure?.Invoke(options);
        var store = new SqliteStore(Options.Create(options));
        _opened.Add(store);
        return store;
    }

    protected async Task<SqliteStore> OpenStoreAsync(Action<SqliteStoreOptions>? configure = null)
    {
        var store = NewStore(configure);
        await store.InitializeAsync(Token);
        return store;
    }

    protected static JournalAppend Batch(
        PartitionHandle partition, long offset, int count = 4, string producer = "p", bool journaled = true, byte rate = 255, long time = 0)
    {
        var features = new byte[count * Features * sizeof(float)];
        for (var i = 0; i < features.Length; i++) features[i] = (byte)(offset + i);
        var scores = new EventScore[count];
        for (var i = 0; i < count; i++)
            scores[i] = new EventScore(offset + i, time + offset + i, offset + i, 0.5 * i, i, 0.25, Verdict.Normal, 3);
        return new JournalAppend
        {
            Partition = partition,
            Record = journaled
                ? new JournalRecord
                {
                    FirstOffset = offset, Count = count, Producer = producer, FirstSequence = offset, SamplingRate = rate,
                    Features = features,
                }
                : null,
            Scores = ScoreBlock.From(scores),
        };
    }

    protected static async Task<List<JournalRecord>> ReadAllAsync(IJournal journal, PartitionHandle partition, long from = 0)
    {
        var records = new List<JournalRecord>();
        await foreach (var record in journal.ReadAsync(partition, from, Token)) records.Add(record);
        return records;
    }

    protected static async Task<DagmmStreamException> ThrowsAsync(ErrorCode code, Func<Task> action)
    {
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(action);
        Assert.Equal(code, exception.Code);
        return exception;
    }
}
