using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Scores;
using DagmmStream.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

public sealed class SqliteStoreTests : SqliteFixture
{
    private static readonly string[] LaterTables = ["dagmm_alert_policy", "dagmm_alert", "dagmm_alert_delivery", "dagmm_model"];

    [Fact]
    public async Task InitializeAsync_SecondStore_RefusedNamingHolder()
    {
        await OpenStoreAsync();
        var refused = await ThrowsAsync(ErrorCode.StoreUnavailable, () => OpenStoreAsync());
        Assert.Contains(DatabasePath, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InitializeAsync_NewerVersion_RefusedNamingBoth()
    {
        await (await OpenStoreAsync()).DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={DatabasePath}"))
        {
            connection.Open();
            connection.Execute("INSERT INTO VersionInfo (Version) VALUES (99)");
        }

        var refused = await ThrowsAsync(ErrorCode.StoreVersion, () => OpenStoreAsync());
        Assert.Contains("version 99", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"up to {SqliteSchema.Version}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InitializeAsync_StoreOfVersionOne_MigratedWithItsScores()
    {
        var partition = new PartitionId("s", 0);
        var store = await OpenStoreAsync();
        var journal = new StoreJournal(store);
        await journal.AppendAsync(StoreSamples.Batch(await journal.OpenAsync(partition, Token), 0, 5));
        await store.DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={DatabasePath}"))
        {
            connection.Open();
            connection.Execute("ALTER TABLE score DROP COLUMN flags");
            connection.Execute("DROP TABLE explanation");
            foreach (var table in LaterTables) connection.Execute($"DROP TABLE {table}");
            connection.Execute("DELETE FROM VersionInfo WHERE Version > 1");
        }

        var scores = await new StoreScoreHistory(await OpenStoreAsync()).ReadAsync(partition, 0, 10, Token);
        Assert.Equal(5, scores.Count);
        Assert.Equal(EventFlags.None, scores[4].Flags);
        Assert.Equal(Verdict.Normal, scores[4].Verdict);
    }

    [Fact]
    public async Task InitializeAsync_GarbageFile_Damaged()
    {
        await File.WriteAllBytesAsync(DatabasePath, [.. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 7))], Token);
        var damaged = await ThrowsAsync(ErrorCode.StoreDamaged, () => OpenStoreAsync());
        Assert.Contains(DatabasePath, damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InitializeAsync_DirectoryCannotBeMade_Unavailable()
    {
        await File.WriteAllTextAsync(Path.Combine(Directory, "file"), "x", Token);
        await ThrowsAsync(
            ErrorCode.StoreUnavailable, () => OpenStoreAsync(options => options.Path = Path.Combine(Directory, "file", "store.db")));
    }

    [Fact]
    public async Task InitializeAsync_WalWithoutCheckpoint_Recovered()
    {
        var store = await OpenStoreAsync();
        var journal = new StoreJournal(store);
        var handle = await journal.OpenAsync(new PartitionId("s", 0), Token);
        await journal.AppendAsync(Batch(handle, 0));
        // What a killed process leaves behind: the database and its log, copied while the store is open.
        var copy = Path.Combine(Directory, "copy.db");
        File.Copy(DatabasePath, copy);
        File.Copy(DatabasePath + "-wal", copy + "-wal");

        var recovered = new StoreJournal(await OpenStoreAsync(options => options.Path = copy));
        Assert.Single(await ReadAllAsync(recovered, await recovered.OpenAsync(new PartitionId("s", 0), Token)));
    }

    [Fact]
    public async Task InitializeAsync_Twice_SecondDoesNothing()
    {
        var store = await OpenStoreAsync();
        await store.InitializeAsync(Token);
        Assert.True(new StoreJournal(store).HasRoom);
    }

    [Fact]
    public void Validate_ValuesOutOfRange_NamesOptionAndValue()
    {
        var result = new SqliteStoreOptionsValidator().Validate(
            null, new SqliteStoreOptions { Path = " ", QueueCapacity = 0, MaxGroup = -1 });
        Assert.Equal(3, result.Failures!.Count());
        Assert.Contains("Store:QueueCapacity = 0", result.FailureMessage, StringComparison.Ordinal);
        Assert.True(new SqliteStoreOptionsValidator().Validate(null, new SqliteStoreOptions()).Succeeded);
    }
}
