using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace DagmmStream.Storage.Sqlite.Checkpoints;

/// <summary>
/// Connections for grain storage that take turns with the journal's writer: one that is open holds the turn until it is closed. What
/// they commit does not wait for the disk: it is in the same log as the journal, before the deletion of what a checkpoint covers, so that
/// a power loss takes that deletion first.
/// </summary>
/// <param name="connectionString">How to connect.</param>
/// <param name="setup">Statements that every native connection runs once; the pool keeps it with its settings.</param>
/// <param name="turn">The turn.</param>
internal sealed class CheckpointSource(string connectionString, string setup, SemaphoreSlim turn) : DbDataSource
{
    private const string NoWait = "; PRAGMA synchronous = NORMAL";
    private readonly ConditionalWeakTable<object, object> _prepared = [];

    public override string ConnectionString => connectionString;

    protected override DbConnection CreateDbConnection() => new SqliteConnection(connectionString);

    protected override DbConnection OpenDbConnection()
    {
        turn.Wait();
        return Open();
    }

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Open();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            if (!_prepared.TryGetValue(connection.Handle!, out _))
            {
                connection.Execute(setup + NoWait);
                _prepared.Add(connection.Handle!, setup);
            }
        }
        catch
        {
            connection.Dispose();
            turn.Release();
            throw;
        }

        var open = 1;
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Closed && Interlocked.Exchange(ref open, 0) == 1) turn.Release();
        };
        return connection;
    }
}
