using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Scores;
using DagmmStream.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

public sealed class SqliteStoreTests : SqliteFixture
{
    private static readonly string[] LaterTables =
        ["dagmm_alert_policy", "dagmm_alert", "dagmm_alert_delivery", "dagmm_model", "dagmm_score_block", "dagmm_explanation"];

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
            foreach (var table in LaterTables) connection.Execute($"DROP TABLE {table}");
            connection.Execute("ALTER TABLE dagmm_partition RENAME TO partition");
            connection.Execute("""
                CREATE TABLE score (
                    partition_id INTEGER NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL, sequence INTEGER NOT NULL, energy REAL,
                    score REAL, p_value REAL, verdict INTEGER NOT NULL, snapshot_version INTEGER NOT NULL,
                    PRIMARY KEY (partition_id, offset)) WITHOUT ROWID
                """);
            connection.Execute($"""
                WITH RECURSIVE event (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM event WHERE n < {MigratedScores.Last})
                INSERT INTO score SELECT 1, n, 10 * n, n + 5, CASE n WHEN 0 THEN NULL ELSE n / 2.0 END, n, 0.5, 1, 7 FROM event
                WHERE n <> {MigratedScores.Missing}
                """);
            connection.Execute("DELETE FROM VersionInfo WHERE Version > 1");
        }

        await MigratedScores.AssertAsync(new StoreScoreHistory(await OpenStoreAsync()), partition);
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
