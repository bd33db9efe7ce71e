using System.Globalization;
using DagmmStream.Storage.Writing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly;
using Polly.Retry;

namespace DagmmStream.Storage.PostgreSql;

/// <summary>The store that the silos of a cluster share: one PostgreSQL database, one writer per silo.</summary>
public sealed partial class PostgreSqlStore : IRelationalStore, IDisposable
{
    private const int MembershipConnections = 2;
    private const int AutoPreparedStatements = 32;
    private const int KeepAliveSeconds = 10;
    private const int ConnectSeconds = 5;
    private const int Attempts = 3;

    // A process that is frozen in the middle of a transaction holds locks that the next owner of its partitions waits for.
    private const string Session = "-c idle_in_transaction_session_timeout=3s";
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(50);

    private readonly PostgreSqlStoreOptions _options;
    private readonly SemaphoreSlim _initializing = new(1, 1);
    private readonly StoreOutage _outage;
    private readonly string _connectionString;
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _writing;
    private readonly ResiliencePipeline _attempts;
    private StoreWriter? _writer;
    private bool _disposed;

    /// <summary>Creates the store; nothing is opened yet.</summary>
    /// <param name="options">The options.</param>
    /// <param name="logger">Log; says when the store fails and when it works again.</param>
    public PostgreSqlStore(IOptions<PostgreSqlStoreOptions> options, ILogger<PostgreSqlStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _outage = new StoreOutage(logger ?? NullLogger<PostgreSqlStore>.Instance, TimeProvider.System);
        _options = options.Value;
        var given = new NpgsqlConnectionStringBuilder(_options.ConnectionString);
        Location = string.Create(CultureInfo.InvariantCulture, $"{given.Host}:{given.Port}/{given.Database}");
        _connectionString = Complete(_options.ConnectionString, "dagmm", _options.MaxConnections);
        _source = NpgsqlDataSource.Create(_connectionString);
        _attempts = NewAttempts();
        _writing = NpgsqlDataSource.Create(Complete(_options.ConnectionString, "dagmm-writer", 1));
        Membership = NpgsqlDataSource.Create(Complete(_options.ConnectionString, "dagmm-membership", MembershipConnections));
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    StoreWriter IRelationalStore.Writer => Writer;

    internal StoreWriter Writer =>
        _writer ?? throw new InvalidOperationException($"the store \"{Location}\" is not open: call InitializeAsync first");

    /// <summary>Connections for checkpoints.</summary>
    internal NpgsqlDataSource Checkpoints => _source;

    /// <summary>Connections for membership and reminders: they must not wait behind checkpoints.</summary>
    internal NpgsqlDataSource Membership { get; }

    /// <inheritdoc/>
    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        await _initializing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_writer is not null) return;
            await Task.Run(Migrate, cancellationToken).ConfigureAwait(false);
            _writer = new StoreWriter(
                new PostgreSqlWriteSession(_writing.OpenConnection, Location),
                turn: null,
                new StoreWriterOptions(_options.QueueCapacity, _options.MaxGroup, _options.RetryFor),
                _outage);
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

        if (!_writer.IsAvailable)
            throw new DagmmStreamException(
                ErrorCode.StoreUnavailable,
                $"the store \"{Location}\" does not take commits: check that the database runs; they are tried again", isTransient: true);
        await RunAsync(
            async (connection, token) =>
            {
                await using var command = connection.Command(PostgreSqlSql.Probe);
                return await command.ExecuteScalarAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        if (_writer is { } writer) await writer.DisposeAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
        await _writing.DisposeAsync().ConfigureAwait(false);
        await Membership.DisposeAsync().ConfigureAwait(false);
        _initializing.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>What we need, then what the operator wrote: of a setting that is there twice the last one holds.</summary>
    private static string Complete(string connectionString, string application, int connections)
    {
        var ours = new NpgsqlConnectionStringBuilder
        {
            MaxPoolSize = connections,
            MaxAutoPrepare = AutoPreparedStatements,
            KeepAlive = KeepAliveSeconds,
            Timeout = ConnectSeconds,
            ApplicationName = application,
            Options = Session,
        };

        // The providers' times are UTC.
        return new NpgsqlConnectionStringBuilder($"{ours.ConnectionString};{connectionString}") { Timezone = "UTC" }.ConnectionString;
    }

    private void Migrate()
    {
        try
        {
            PostgreSqlSchema.Migrate(_source, _connectionString, Location);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException || exception.InnerException is NpgsqlException)
        {
            throw PostgreSqlErrors.Translate(exception as NpgsqlException ?? exception.InnerException ?? exception, Location);
        }
    }

    /// <summary>
    /// Runs work on a pooled connection; errors are translated. A connection that broke while it lay in the pool costs another attempt:
    /// everything that comes this way may be done twice.
    /// </summary>
    private async Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        _ = Writer;
        try
        {
            var result = await _attempts.ExecuteAsync(
                static async (state, token) =>
                {
                    await using var connection = await state.Source.OpenConnectionAsync(token).ConfigureAwait(false);
                    return await state.Work(connection, token).ConfigureAwait(false);
                },
                (Source: _source, Work: work),
                cancellationToken).ConfigureAwait(false);
            _outage.Succeeded(isAppend: false);
            return result;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            var error = PostgreSqlErrors.Translate(exception, Location);
            if (error.IsTransient) _outage.Failed(error, isAppend: false);
            throw error;
        }
        catch (ObjectDisposedException exception) when (_disposed)
        {
            throw new DagmmStreamException(ErrorCode.StoreUnavailable, $"the store \"{Location}\" is closed", isTransient: true, exception);
        }
    }

    private ResiliencePipeline NewAttempts() => new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
    {
        MaxRetryAttempts = Attempts - 1,
        BackoffType = DelayBackoffType.Exponential,
        Delay = AttemptDelay,
        ShouldHandle = new PredicateBuilder().Handle<NpgsqlException>(exception => exception.IsTransient),
        OnRetry = _ =>
        {
            // The others of the pool are as old.
            _source.Clear();
            return ValueTask.CompletedTask;
        },
    }).Build();
}
