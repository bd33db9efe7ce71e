using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DagmmStream.Storage.Sqlite;

/// <summary>
/// Inserts scores, one row per event, below the ADO.NET driver: the driver looks every parameter up by its name at each execution and makes
/// a reader for it, which costs several times what the insertion itself does. One statement of one connection, used by one thread.
/// </summary>
internal sealed class ScoreInserter : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <summary>Prepares the statement.</summary>
    /// <param name="connection">An open connection that outlives this object.</param>
    public ScoreInserter(SqliteConnection connection)
    {
        _database = connection.Handle ?? throw new ArgumentException("the connection is closed", nameof(connection));
        Check(raw.sqlite3_prepare_v3(_database, SqliteSql.InsertScore, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Inserts all scores of a block within the transaction that is open.</summary>
    /// <exception cref="SqliteException">A row cannot be stored; the statement can be used again.</exception>
    public void Insert(long partitionId, ScoreBlock scores)
    {
        // Places are those of the columns in the statement, from 1.
        Check(raw.sqlite3_bind_int64(_statement, 1, partitionId));
        for (var i = 0; i < scores.Count; i++)
        {
            var score = scores[i];
            Check(raw.sqlite3_bind_int64(_statement, 2, score.Offset));
            Check(raw.sqlite3_bind_int64(_statement, 3, score.Time));
            Check(raw.sqlite3_bind_int64(_statement, 4, score.Sequence));
            Bind(5, score.Energy);
            Bind(6, score.Score);
            Bind(7, score.PValue);
            Check(raw.sqlite3_bind_int64(_statement, 8, (long)score.Verdict));
            Check(raw.sqlite3_bind_int64(_statement, 9, score.SnapshotVersion));
            Check(raw.sqlite3_bind_int64(_statement, 10, (long)score.Flags));
            var result = raw.sqlite3_step(_statement);
            // Resetting repeats the error of the step, and must happen before it is thrown.
            var reset = raw.sqlite3_reset(_statement);
            Check(result == raw.SQLITE_DONE ? reset : result);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _statement.Dispose();

    // The database has no NaN: it stores NULL in its place, and the reader turns it back.
    private void Bind(int place, double value) => Check(
        double.IsNaN(value) ? raw.sqlite3_bind_null(_statement, place) : raw.sqlite3_bind_double(_statement, place, value));

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
