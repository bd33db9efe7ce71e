using DagmmStream.Storage.Journal;
using DagmmStream.Storage.PostgreSql;
using DagmmStream.Storage.Scores;
using DagmmStream.Tests.Shared;
using Microsoft.Extensions.Options;
using Npgsql;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

/// <summary>What only a store that several silos share can get wrong.</summary>
public sealed class PostgreSqlStoreTests : IAsyncLifetime
{
    private static readonly PartitionId First = new("s", 0);
    private readonly List<IAsyncDisposable> _opened = [];
    private PostgreSqlDialect _dialect = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _dialect = await PostgreSqlDialect.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened) await store.DisposeAsync();
    }

    [Fact]
    public async Task InitializeAsync_FourStoresAtOnce_OneMigratesAllOpen()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => NewStore()).ToArray();
        await Task.WhenAll(stores.Select(store => store.InitializeAsync(Token)));
        foreach (var store in stores) await store.CheckAsync(Token);
    }

    [Fact]
    public async Task InitializeAsync_StoreOfVersionSix_MigratedWithItsScores()
    {
        var store = await OpenStoreAsync();
        var handle = await new StoreJournal(store).OpenAsync(First, Token);
        await store.DisposeAsync();
        await _dialect.ExecuteAsync($"""
            DROP TABLE dagmm_score_block;
            CREATE TABLE dagmm_score (
                partition_id bigint NOT NULL, event_offset bigint NOT NULL, event_time bigint NOT NULL, sequence bigint NOT NULL,
                energy double precision, score double precision, p_value double precision, snapshot_version bigint NOT NULL,
                verdict smallint NOT NULL, flags integer NOT NULL, PRIMARY KEY (partition_id, event_offset));
            INSERT INTO dagmm_score
            SELECT {handle.Id}, n, 10 * n, n + 5, CASE n WHEN 0 THEN NULL ELSE n / 2.0 END, n, 0.5, 7, 1, 0
            FROM generate_series(0, {MigratedScores.Last}) AS n WHERE n <> {MigratedScores.Missing};
            DELETE FROM "VersionInfo" WHERE "Version" > 6
            """);
        await MigratedScores.AssertAsync(new StoreScoreHistory(await OpenStoreAsync()), First);
    }

    [Fact]
    public async Task InitializeAsync_NewerVersion_RefusedNamingBoth()
    {
        await (await OpenStoreAsync()).DisposeAsync();
        await _dialect.ExecuteAsync("INSERT INTO \"VersionInfo\" (\"Version\") VALUES (99)");
        var refused = await ThrowsAsync(ErrorCode.StoreVersion, () => OpenStoreAsync());
        Assert.Contains("version 99", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"up to {PostgreSqlSchema.Version}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InitializeAsync_NoSuchDatabase_UnavailableNamingIt()
    {
        var server = await PostgreSqlServer.GetSharedAsync();
        var store = new PostgreSqlStore(Options.Create(
            new PostgreSqlStoreOptions { ConnectionString = server.ConnectionString("absent") + ";Password=secret" }));
        _opened.Add(store);
        var refused = await ThrowsAsync(ErrorCode.StoreUnavailable, () => store.InitializeAsync(Token));
        Assert.Contains($"127.0.0.1:{server.Port}/absent", refused.Message, StringComparison.Ordinal);
        Assert.Contains("create the database", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 7, 2, "dagmm")]
    [InlineData("Maximum Pool Size=50;Application Name=mine", 50, 50, "mine")]
    [InlineData("MaxPoolSize=50", 50, 50, "dagmm")]
    public void ConnectionString_WithAndWithoutOwnSettings_DefaultsAppliedWhatIsWrittenWins(
        string written, int connections, int membership, string application)
    {
        var store = new PostgreSqlStore(Options.Create(
            new PostgreSqlStoreOptions { ConnectionString = "Host=nowhere;Database=d;" + written, MaxConnections = 7 }));
        _opened.Add(store);

        var used = new NpgsqlConnectionStringBuilder(store.Checkpoints.ConnectionString);
        Assert.Equal((connections, application), (used.MaxPoolSize, used.ApplicationName));
        Assert.True(used is { MaxAutoPrepare: > 0, KeepAlive: > 0, Host: "nowhere", Database: "d", Timezone: "UTC" });
        Assert.Contains("idle_in_transaction_session_timeout", used.Options, StringComparison.Ordinal);
        Assert.Equal(membership, new NpgsqlConnectionStringBuilder(store.Membership.ConnectionString).MaxPoolSize);
    }

    [Fact]
    public async Task AppendAsync_PartitionTakenOverByAnotherSilo_FencedThere()
    {
        var (mine, theirs) = (new StoreJournal(await OpenStoreAsync()), new StoreJournal(await OpenStoreAsync()));
        var old = await mine.OpenAsync(First, Token);
        await mine.AppendAsync(Batch(old, 0));
        var taken = await theirs.OpenAsync(First, Token);

        await ThrowsAsync(ErrorCode.Fenced, () => mine.AppendAsync(Batch(old, 4)));
        await ThrowsAsync(ErrorCode.Fenced, () => mine.TruncateAsync(old, 4, Token));
        await theirs.AppendAsync(Batch(taken, 4));

        Assert.Equal([0L, 4L], (await ReadAllAsync(theirs, taken)).Select(record => record.FirstOffset));
    }

    [Fact]
    public async Task OpenAsync_WhileAGroupHoldsThePartition_WaitsForItsEnd()
    {
        var journal = new StoreJournal(await OpenStoreAsync());
        var handle = await journal.OpenAsync(First, Token);
        await using var source = NpgsqlDataSource.Create(_dialect.ConnectionString);
        await using var group = await source.OpenConnectionAsync(Token);
        await using var transaction = await group.BeginTransactionAsync(Token);
        await using var hold = group.Command(PostgreSqlSql.LockPartitions, new[] { handle.Id });
        await hold.ExecuteNonQueryAsync(Token);

        var opening = journal.OpenAsync(First, Token);
        await WhenSomeoneWaitsAsync(source);
        Assert.False(opening.IsCompleted);
        await transaction.CommitAsync(Token);

        Assert.Equal(handle.Epoch + 1, (await opening).Epoch);
    }

    [Fact]
    public async Task AppendAsync_TwoSilosNewProducersManyPartitions_AllThere()
    {
        var stores = new[] { await OpenStoreAsync(), await OpenStoreAsync() };
        await Task.WhenAll(stores.Select((store, silo) => Task.Run(async () =>
        {
            var journal = new StoreJournal(store);
            for (var p = 0; p < 8; p++)
            {
                var handle = await journal.OpenAsync(new PartitionId($"silo-{silo}", p), Token);
                await Task.WhenAll(Enumerable.Range(0, 20).Select(i => journal.AppendAsync(Batch(handle, i * 4, producer: $"p{i % 7}"))));
            }
        })));
        var history = new StoreScoreHistory(stores[0]);
        for (var p = 0; p < 8; p++)
        {
            Assert.Equal((0, 80), await history.GetRangeAsync(new PartitionId("silo-0", p), Token));
            Assert.Equal((0, 80), await history.GetRangeAsync(new PartitionId("silo-1", p), Token));
        }
    }

    [Theory]
    [InlineData("53100", ErrorCode.StoreUnavailable, "space")]
    [InlineData("53300", ErrorCode.StoreUnavailable, "MaxConnections")]
    [InlineData("28P01", ErrorCode.StoreUnavailable, "refuses the user")]
    [InlineData("42501", ErrorCode.StoreUnavailable, "grant")]
    [InlineData("25006", ErrorCode.StoreUnavailable, "primary")]
    [InlineData("57P01", ErrorCode.StoreUnavailable, "does not answer")]
    [InlineData("XX001", ErrorCode.StoreDamaged, "backup")]
    public void Translate_SqlState_CodeAndRemedy(string state, ErrorCode expected, string remedy)
    {
        var translated = PostgreSqlErrors.Translate(new PostgresException("x", "ERROR", "ERROR", state), "db:5432/dagmm");
        Assert.Equal(expected, translated.Code);
        Assert.Equal(expected == ErrorCode.StoreUnavailable, translated.IsTransient);
        Assert.Contains(remedy, translated.Message, StringComparison.Ordinal);
        Assert.Contains("db:5432/dagmm", translated.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("Database=dagmm", "names no host")]
    [InlineData("Host=db", "names no database")]
    [InlineData("Host=db;Colour=blue", "olour")]
    public void Validate_ConnectionString_NamesWhatIsWrong(string text, string expected)
    {
        var result = new PostgreSqlStoreOptionsValidator().Validate(null, new PostgreSqlStoreOptions { ConnectionString = text });
        Assert.Contains("Store:ConnectionString", result.FailureMessage, StringComparison.Ordinal);
        Assert.Contains(expected, result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ValuesOutOfRange_NamesOptionAndValue()
    {
        var options = new PostgreSqlStoreOptions
        {
            ConnectionString = "Host=db;Database=dagmm", QueueCapacity = 0, MaxGroup = -1, MaxConnections = 0,
            RetryFor = TimeSpan.FromDays(2),
        };
        var result = new PostgreSqlStoreOptionsValidator().Validate(null, options);
        Assert.Equal(4, result.Failures!.Count());
        Assert.Contains("Store:MaxConnections = 0", result.FailureMessage, StringComparison.Ordinal);
    }

    private static async Task WhenSomeoneWaitsAsync(NpgsqlDataSource source)
    {
        const string waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        await using var command = source.CreateCommand(waiting);
        while (await command.ExecuteScalarAsync(Token) is 0L) await Task.Delay(TimeSpan.FromMilliseconds(5), Token);
    }

    private PostgreSqlStore NewStore()
    {
        var store = _dialect.New(_ => { });
        _opened.Add(store);
        return store;
    }

    private async Task<PostgreSqlStore> OpenStoreAsync()
    {
        var store = NewStore();
        await store.InitializeAsync(Token);
        return store;
    }
}
