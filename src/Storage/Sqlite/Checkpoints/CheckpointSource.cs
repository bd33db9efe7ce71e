using System.Data;
using System.Data.Common;
using System.Data.SQLite;

namespace DagmmStream.Storage.Sqlite.Checkpoints;

/// <summary>
/// Connections for grain storage that take turns with the journal's writer: one that is open holds the turn until it is closed.
/// </summary>
/// <param name="connectionString">How to connect.</param>
/// <param name="turn">The turn.</param>
internal sealed class CheckpointSource(string connectionString, SemaphoreSlim turn) : DbDataSource
{
    public override string ConnectionString => connectionString;

    protected override DbConnection CreateDbConnection() => new SQLiteConnection(connectionString);

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

    private SQLiteConnection Open()
    {
        var connection = new SQLiteConnection(connectionString);
        try
        {
            connection.Open();
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
