using DagmmStream.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

/// <summary>Who else may be in the way of a store: other programs, permissions, its own end.</summary>
public sealed class SqliteStoreAccessTests : SqliteFixture
{
    private const string Privileged = "permissions do not bind a privileged user";
    private const UnixFileMode ReadAndEnter = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    [Fact]
    public async Task InitializeAsync_LockFileHeldElsewhere_RefusedNamingRemedy()
    {
        await (await OpenStoreAsync()).DisposeAsync();
        await using (new FileStream(DatabasePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            var refused = await ThrowsAsync(ErrorCode.StoreUnavailable, () => OpenStoreAsync());
            Assert.Contains("Store:Path", refused.Message, StringComparison.Ordinal);
        }

        await (await OpenStoreAsync()).CheckAsync(Token);
    }

    [Fact]
    public async Task InitializeAsync_ExclusiveTransactionElsewhere_UnavailableThenOpens()
    {
        await (await OpenStoreAsync()).DisposeAsync();
        var store = NewStore(options => options.BusyTimeout = TimeSpan.FromSeconds(1));
        using (var rival = Connect())
        {
            rival.Execute("BEGIN EXCLUSIVE");
            var locked = await ThrowsAsync(ErrorCode.StoreUnavailable, () => store.InitializeAsync(Token));
            Assert.True(locked.IsTransient);
            Assert.Contains("locked by another program: close it", locked.Message, StringComparison.Ordinal);
            rival.Execute("ROLLBACK");
        }

        await store.InitializeAsync(Token);
        await store.CheckAsync(Token);
    }

    [Fact]
    public async Task InitializeAsync_ReadOnlyDirectory_UnavailableNamingPath()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a directory's read-only attribute does not bind on Windows");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, Privileged);
        var directory = System.IO.Directory.CreateDirectory(Path.Combine(Directory, "sealed"));
        if (!OperatingSystem.IsWindows()) directory.UnixFileMode = ReadAndEnter;
        var path = Path.Combine(directory.FullName, "store.db");

        var refused = await ThrowsAsync(ErrorCode.StoreUnavailable, () => OpenStoreAsync(options => options.Path = path));

        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("writable", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InitializeAsync_ReadOnlyFile_UnavailableNamingPath()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, Privileged);
        await (await OpenStoreAsync()).DisposeAsync();
        File.SetAttributes(DatabasePath, FileAttributes.ReadOnly);

        var refused = await ThrowsAsync(ErrorCode.StoreUnavailable, () => OpenStoreAsync());

        File.SetAttributes(DatabasePath, FileAttributes.Normal);
        Assert.Contains(DatabasePath, refused.Message, StringComparison.Ordinal);
        Assert.Contains("writable", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckAsync_BeforeOpenWhileOpenAndAfterDispose_OnlyOpenPasses()
    {
        var store = NewStore();
        await ThrowsAsync(ErrorCode.StoreUnavailable, () => store.CheckAsync(Token));
        await store.InitializeAsync(Token);
        await store.CheckAsync(Token);
        await store.DisposeAsync();
        var closed = await ThrowsAsync(ErrorCode.StoreUnavailable, () => store.CheckAsync(Token));
        Assert.Contains("closed", closed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckpointSource_Open_DoesNotWaitForTheDisk_WhileTheWriterDoes()
    {
        var store = await OpenStoreAsync(options => options.Synchronous = SqliteSynchronous.Full);
        for (var round = 0; round < 2; round++)
        {
            await using var connection = (SqliteConnection)await store.CheckpointSource.OpenConnectionAsync(Token);
            Assert.Equal((long)SqliteSynchronous.Normal, connection.Scalar("PRAGMA synchronous"));
            Assert.Equal(-16384L, connection.Scalar("PRAGMA cache_size"));
            Assert.Equal("wal", connection.Scalar("PRAGMA journal_mode"));
        }

        // The pool gives a checkpoint's connection to the writer too.
        await using var writing = store.OpenForWriting();
        Assert.Equal((long)SqliteSynchronous.Full, writing.Scalar("PRAGMA synchronous"));
    }

    [Theory]
    [InlineData(5, ErrorCode.StoreUnavailable, "locked")]
    [InlineData(6, ErrorCode.StoreUnavailable, "locked")]
    [InlineData(8, ErrorCode.StoreUnavailable, "writable")]
    [InlineData(10, ErrorCode.StoreUnavailable, "device")]
    [InlineData(11, ErrorCode.StoreDamaged, "backup")]
    [InlineData(13, ErrorCode.StoreUnavailable, "space")]
    [InlineData(14, ErrorCode.StoreUnavailable, "writable")]
    [InlineData(26, ErrorCode.StoreDamaged, "backup")]
    public void Translate_ResultCode_CodeAndRemedy(int resultCode, ErrorCode expected, string remedy)
    {
        var translated = SqliteErrors.Translate(new SqliteException("x", resultCode), DatabasePath);
        Assert.Equal(expected, translated.Code);
        Assert.Equal(expected == ErrorCode.StoreUnavailable, translated.IsTransient);
        Assert.Contains(remedy, translated.Message, StringComparison.Ordinal);
        Assert.Contains(DatabasePath, translated.Message, StringComparison.Ordinal);
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        connection.Open();
        return connection;
    }
}
