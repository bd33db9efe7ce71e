using System.Data.Common;
using System.Runtime.InteropServices;
using DagmmStream.Storage.Alerts;
using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Scores;
using DagmmStream.Storage.Writing;
using Microsoft.Data.Sqlite;

namespace DagmmStream.Storage.Sqlite;

/// <summary>The writer's connection: statements are prepared once and reused until a failure drops the connection.</summary>
/// <param name="open">Opens a connection.</param>
/// <param name="path">The file, for messages.</param>
internal sealed class SqliteWriteSession(Func<SqliteConnection> open, string path) : IWriteSession
{
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private readonly Dictionary<string, long> _producers = [];
    private SqliteConnection? _connection;

    public void Begin(IReadOnlyCollection<long> partitions)
    {
        _connection ??= open();
        Run("BEGIN IMMEDIATE");
    }

    public void Commit() => Run("COMMIT");

    public void Abandon()
    {
        _producers.Clear();
        Dispose();
    }

    // The file has no other writer, and a commit that fails is rolled back.
    public bool WasCommitted() => false;

    public void BeginItem() => Run("SAVEPOINT item");

    public void KeepItem() => Run("RELEASE item");

    public void UndoItem()
    {
        // The item may have been the first to name its producer.
        _producers.Clear();
        // The driver leaves a failed statement half run: prepare them anew.
        DisposeCommands();
        Run("ROLLBACK TO item");
        Run("RELEASE item");
    }

    public PartitionHandle Open(PartitionId partition)
    {
        using var reader = Prepare(SqliteSql.OpenPartition, partition.Stream, partition.Partition).ExecuteReader();
        reader.Read();
        return new PartitionHandle(reader.GetInt64(0), partition, reader.GetInt64(1));
    }

    public long EpochOf(long partitionId) => Prepare(SqliteSql.Epoch, partitionId).ExecuteScalar() is long epoch ? epoch : -1;

    public void Append(JournalAppend append)
    {
        var partition = append.Partition;
        if (append.Record is { } record)
        {
            var crc = JournalChecksum.Compute(partition.Partition, partition.Epoch, record);
            Prepare(
                SqliteSql.AppendRecord, partition.Id, record.FirstOffset, record.Count, ProducerId(record.Producer), record.FirstSequence,
                (long)record.SamplingRate, partition.Epoch, (long)crc, Whole(record.Features)).ExecuteNonQuery();
        }

        if (append.Scores is { Count: > 0 } scores)
            Prepare(
                ScoreSql.Insert, partition.Id, scores[0].Offset, scores.Count, StoredBlock.NewestTime(scores),
                scores.Data).ExecuteNonQuery();
        foreach (var explanation in append.Explanations)
            Prepare(
                ScoreSql.InsertExplanation, partition.Id, explanation.Offset, explanation.Time,
                explanation.Payload.ToArray()).ExecuteNonQuery();

        foreach (var (sql, values) in append.Alerts.SelectMany(AlertStatements.Of)) Execute(sql, values);
    }

    /// <summary>Runs a statement that both dialects share.</summary>
    public int Execute(string sql, object[] values) => Place(sql, values).ExecuteNonQuery();

    /// <summary>Runs such a statement and reads what it returns.</summary>
    public List<T> Returning<T>(string sql, object[] values, Func<DbDataReader, T> read)
    {
        using var reader = Place(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    public int Truncate(long partitionId, long belowOffset, int limit) =>
        Prepare(SqliteSql.Truncate, partitionId, belowOffset, limit).ExecuteNonQuery();

    public int ForgetProducers(int limit)
    {
        // The one session of the file: what it remembers must be there.
        _producers.Clear();
        return Prepare(SqliteSql.ForgetProducers, limit).ExecuteNonQuery();
    }

    public IReadOnlyList<long> PartitionsOf(string stream)
    {
        using var reader = Prepare(SqliteSql.PartitionsOf, stream).ExecuteReader();
        var ids = new List<long>();
        while (reader.Read()) ids.Add(reader.GetInt64(0));
        return ids;
    }

    public bool AddStream(string name, string definition) => Prepare(SqliteSql.AddStream, name, definition).ExecuteNonQuery() == 1;

    public bool ReplaceStream(string name, string before, string after) =>
        Prepare(SqliteSql.ReplaceStream, after, name, before).ExecuteNonQuery() == 1;

    public bool RemoveStream(string name) => Prepare(SqliteSql.RemoveStream, name).ExecuteNonQuery() == 1;

    public WriteFailure Classify(Exception exception) => exception switch
    {
        SqliteException sqlite when SqliteErrors.IsConstraint(sqlite) => new WriteFailure(
            new DagmmStreamException(ErrorCode.Unknown, $"the store \"{path}\" has this row already: {sqlite.Message}", false, sqlite),
                true),
        SqliteException sqlite => new WriteFailure(SqliteErrors.Translate(sqlite, path), false),
        DagmmStreamException => new WriteFailure(exception, false),
        _ => new WriteFailure(
            new DagmmStreamException(ErrorCode.StoreUnavailable, $"the store \"{path}\" failed: {exception.Message}", true, exception),
                false),
    };

    public void Dispose()
    {
        DisposeCommands();
        // Closing rolls back what is open.
        _connection?.Dispose();
        _connection = null;
    }

    private void DisposeCommands()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _commands.Clear();
    }

    private long ProducerId(string name)
    {
        if (_producers.TryGetValue(name, out var id)) return id;
        id = (long)Prepare(SqliteSql.Producer, name).ExecuteScalar()!;
        _producers.Add(name, id);
        return id;
    }

    // A batch's features are mostly an array of their own: no copy then.
    private static byte[] Whole(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Count == segment.Array!.Length ? segment.Array : bytes.ToArray();

    private void Run(string sql) => Prepare(sql).ExecuteNonQuery();

    // Values by their number, not by the order in which the statement uses them.
    private SqliteCommand Place(string sql, object[] values)
    {
        var command = Prepare(sql);
        for (var i = 0; i < values.Length; i++) command.Parameters[SqliteCommandExtensions.Place(i)].Value = values[i];
        return command;
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<object> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection!.Command(sql);
            foreach (var name in ParameterNames(sql)) command.Parameters.Add(new SqliteParameter { ParameterName = name });
            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command;
    }

    // Names in the order in which the statement first uses them: values are given in that order.
    private static IEnumerable<string> ParameterNames(string sql) =>
        System.Text.RegularExpressions.Regex.Matches(sql, @"\$\w+").Select(match => match.Value).Distinct();
}
