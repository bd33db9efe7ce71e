using DagmmStream.Storage.Sqlite.Checkpoints;
using DagmmStream.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DagmmStream.Storage.Sqlite;

/// <summary>The embedded store: one file, one process, one writer.</summary>
public sealed partial class SqliteStore : IRelationalStore, IDisposable
{
    private readonly SqliteStoreOptions _options;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _initializing = new(1, 1);
    private readonly StoreOutage _outage;
    private FileStream? _lock;
    private SqliteWriteSession? _session;
    private StoreWriter? _writer;
    private bool _disposed;

    /// <summary>Creates the store; nothing is opened yet.</summary>
    /// <param name="options">The options.</param>
    /// <param name="logger">Log; says when the store fails and when it works again.</param>
    public SqliteStore(IOptions<SqliteStoreOptions> options, ILogger<SqliteStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _outage = new StoreOutage(logger ?? NullLogger<SqliteStore>.Instance, TimeProvider.System);
        _options = options.Value;
        Location = Path.GetFullPath(_options.Path);
        CheckpointSource = new CheckpointSource(ConnectionString(readOnly: false), Setup, _turn);
    }

    /// <inheritdoc/>
    public string Location { get; }

    // What every connection that writes needs. Fewer, larger checkpoints of the WAL, and no unbounded file after a burst.
    private string Setup =>
        $"PRAGMA synchronous = {(int)_options.Synchronous}; PRAGMA wal_autocheckpoint = 4000; "
        + "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384";

    internal CheckpointSource CheckpointSource { get; }

    /// <inheritdoc/>
    StoreWriter IRelationalStore.Writer => Writer;

    internal StoreWriter Writer =>
        _writer ?? throw new InvalidOperationException($"the store \"{Location}\" is not open: call InitializeAsync first");

    /// <inheritdoc/>
    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        await _initializing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_writer is not null) return;
            await Task.Run(Open, cancellationToken).ConfigureAwait(false);
            _session = new SqliteWriteSession(OpenForWriting, Location);
            // No trying again: what frees a full disk (a truncated journal) goes through the same writer.
            _writer = new StoreWriter(
                _session, _turn, new StoreWriterOptions(_options.QueueCapacity, _options.MaxGroup, TimeSpan.Zero), _outage);
        }
        finally
        {
            _initializing.Release();
        }
    }

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (_disposed || _writer is not { IsAlive: true })
        {
            var state = _writer is null ? "not open yet: wait for InitializeAsync" : "closed: restart the process";
            throw new DagmmStreamException(ErrorCode.StoreUnavailable, $"the store \"{Location}\" is {state}", isTransient: true);
        }

        await ReadAsync(static connection => connection.Scalar(SqliteSql.Probe), cancellationToken).WaitAsync(cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        if (_writer is { } writer) await writer.DisposeAsync().ConfigureAwait(false);
        using (var pooled = new SqliteConnection(ConnectionString(readOnly: true))) SqliteConnection.ClearPool(pooled);
        if (_lock is { } held) await held.DisposeAsync().ConfigureAwait(false);
        _initializing.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    internal static DagmmStreamException Unwritable(string path, Exception cause) => new(
        ErrorCode.StoreUnavailable,
        $"the store \"{path}\" cannot be written: check that its directory exists and is writable, or set Store:Path",
        isTransient: true,
        cause);

    /// <summary>Runs a read on a pooled connection, off the caller's thread.</summary>
    internal Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        _ = Writer;
        return Task.Run(
            () =>
            {
                try
                {
                    using var connection = new SqliteConnection(ConnectionString(readOnly: true));
                    connection.Open();
                    var result = read(connection);
                    _outage.Succeeded(isAppend: false);
                    return result;
                }
                catch (SqliteException exception)
                {
                    var error = SqliteErrors.Translate(exception, Location);
                    if (error.IsTransient) _outage.Failed(error, isAppend: false);
                    throw error;
                }
            },
            cancellationToken);
    }

    private void Open()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Location)!);
            _lock = StoreLock.Take(Location);
            using var connection = OpenForWriting();
            connection.Scalar("PRAGMA journal_mode = WAL");
            SqliteSchema.Migrate(connection, ConnectionString(readOnly: false), Location);
        }
        catch (Exception exception)
        {
            _lock?.Dispose();
            _lock = null;
            if (exception is SqliteException or { InnerException: SqliteException })
                throw SqliteErrors.Translate(exception as SqliteException ?? (SqliteException)exception.InnerException!, Location);
            if (exception is UnauthorizedAccessException or IOException) throw Unwritable(Location, exception);
            throw;
        }
    }

    internal SqliteConnection OpenForWriting()
    {
        var connection = new SqliteConnection(ConnectionString(readOnly: false));
        try
        {
            connection.Open();
            connection.Execute(Setup);
            if (_options.MaxPages is { } pages) connection.Scalar($"PRAGMA max_page_count = {pages}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private string ConnectionString(bool readOnly) => new SqliteConnectionStringBuilder
    {
        DataSource = Location,
        // The driver repeats what found the database busy until this time is over.
        DefaultTimeout = (int)Math.Ceiling(_options.BusyTimeout.TotalSeconds),
        Pooling = readOnly,
        Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
    }.ConnectionString;
}
