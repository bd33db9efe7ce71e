using DagmmStream.Storage.Alerts;
using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Scores;
using DagmmStream.Storage.Writing;
using Npgsql;
using NpgsqlTypes;

namespace DagmmStream.Storage.PostgreSql;

/// <summary>
/// The writer's connection. A group costs the same few round trips whatever its size: lock the partitions, copy the records, insert
/// the scores, commit.
/// </summary>
/// <param name="open">Opens a connection.</param>
/// <param name="location">The database, for messages.</param>
/// <param name="time">The clock; null for the system's.</param>
internal sealed class PostgreSqlWriteSession(Func<NpgsqlConnection> open, string location, TimeProvider? time = null) : IWriteSession
{
    // Names are deleted a day after somebody last asked for them: who remembers one must ask again much sooner.
    private static readonly TimeSpan RememberProducers = TimeSpan.FromHours(1);
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _remembered;
    private readonly Dictionary<string, long> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<long, long> _epochs = [];
    private readonly List<JournalAppend> _appends = [];
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private (long Partition, long Offset, long Epoch, long Checksum)? _witness;

    public void Begin(IReadOnlyCollection<long> partitions)
    {
        _appends.Clear();
        _epochs.Clear();
        _witness = null;
        _connection ??= open();
        _transaction = _connection.BeginTransaction();
        if (partitions.Count == 0) return;
        using var command = _connection.Command(PostgreSqlSql.LockPartitions, partitions.ToArray());
        using var reader = command.ExecuteReader();
        while (reader.Read()) _epochs.Add(reader.GetInt64(0), reader.GetInt64(1));
    }

    public long EpochOf(long partitionId) => _epochs.GetValueOrDefault(partitionId, -1);

    public void Append(JournalAppend append) => _appends.Add(append);

    public void Commit()
    {
        if (_appends.Count > 0)
        {
            FindProducers();
            CopyRecords();
            InsertScores();
            InsertExplanations();
            SaveAlerts();
        }

        _transaction!.Commit();
        _transaction.Dispose();
        _transaction = null;
    }

    public void Abandon()
    {
        _producers.Clear();
        Dispose();
    }

    /// <remarks>
    /// A group is one transaction, so one of its records speaks for all. The transaction may still be running behind a broken connection:
    /// the lock waits for its end. A group without records may be written twice without harm.
    /// </remarks>
    public bool WasCommitted()
    {
        if (_witness is not { } witness) return false;
        _connection ??= open();
        using var transaction = _connection.BeginTransaction();
        using (var wait = _connection.Command(PostgreSqlSql.AwaitPartition, witness.Partition)) wait.ExecuteNonQuery();
        using var find = _connection.Command(
            PostgreSqlSql.HasRecord, witness.Partition, witness.Offset, witness.Epoch, witness.Checksum);
        var found = find.ExecuteScalar() is true;
        transaction.Commit();
        return found;
    }

    // Items are kept until the commit, which succeeds or fails as a whole.
    public void BeginItem()
    {
    }

    public void KeepItem()
    {
    }

    public void UndoItem()
    {
    }

    public WriteFailure Classify(Exception exception) => PostgreSqlErrors.IsConstraint(exception)
        ? new WriteFailure(
            new DagmmStreamException(
                ErrorCode.Unknown, $"the store \"{location}\" has this row already: {exception.Message}", false, exception),
            true)
        : new WriteFailure(PostgreSqlErrors.Translate(exception, location), false);

    public void Dispose()
    {
        // Closing rolls back what is open.
        _transaction = null;
        _connection?.Dispose();
        _connection = null;
    }

    private void FindProducers()
    {
        if (_time.GetElapsedTime(_remembered) > RememberProducers)
        {
            _producers.Clear();
            _remembered = _time.GetTimestamp();
        }

        // Sorted: two silos that add the same names wait for each other in the same order.
        var unknown = _appends.Where(append => append.Record is not null).Select(append => append.Record!.Producer)
            .Where(name => !_producers.ContainsKey(name)).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (unknown.Length == 0) return;
        using (var add = _connection!.Command(PostgreSqlSql.AddProducers, [unknown])) add.ExecuteNonQuery();
        using var find = _connection!.Command(PostgreSqlSql.Producers, [unknown]);
        using var reader = find.ExecuteReader();
        while (reader.Read()) _producers[reader.GetString(0)] = reader.GetInt64(1);
    }

    private void CopyRecords()
    {
        if (_appends.TrueForAll(append => append.Record is null)) return;
        using var copy = _connection!.BeginBinaryImport(PostgreSqlSql.CopyJournal);
        foreach (var append in _appends)
        {
            if (append.Record is not { } record) continue;
            var partition = append.Partition;
            long checksum = JournalChecksum.Compute(partition.Partition, partition.Epoch, record);
            _witness ??= (partition.Id, record.FirstOffset, partition.Epoch, checksum);
            copy.StartRow();
            copy.Write(partition.Id, NpgsqlDbType.Bigint);
            copy.Write(record.FirstOffset, NpgsqlDbType.Bigint);
            copy.Write(record.Count, NpgsqlDbType.Integer);
            copy.Write(_producers[record.Producer], NpgsqlDbType.Bigint);
            copy.Write(record.FirstSequence, NpgsqlDbType.Bigint);
            copy.Write((short)record.SamplingRate, NpgsqlDbType.Smallint);
            copy.Write(partition.Epoch, NpgsqlDbType.Bigint);
            copy.Write(checksum, NpgsqlDbType.Bigint);
            copy.Write(record.Features, NpgsqlDbType.Bytea);
        }

        copy.Complete();
    }

    private void InsertScores()
    {
        var appends = _appends.Where(append => append.Scores.Count > 0).ToArray();
        if (appends.Length == 0) return;
        using var insert = _connection!.Command(
            PostgreSqlSql.InsertScores, appends.Select(append => append.Partition.Id).ToArray(),
            appends.Select(append => append.Scores[0].Offset).ToArray(), appends.Select(append => append.Scores.Count).ToArray(),
            appends.Select(append => StoredBlock.NewestTime(append.Scores)).ToArray(),
            appends.Select(append => append.Scores.Data).ToArray());
        insert.ExecuteNonQuery();
    }

    private void InsertExplanations()
    {
        using var batch = new NpgsqlBatch(_connection);
        foreach (var append in _appends)
        foreach (var explanation in append.Explanations)
            batch.Add(
                ScoreSql.InsertExplanation, append.Partition.Id, explanation.Offset, explanation.Time, explanation.Payload.ToArray());
        if (batch.BatchCommands.Count > 0) batch.ExecuteNonQuery();
    }

    private void SaveAlerts()
    {
        using var batch = new NpgsqlBatch(_connection);
        foreach (var (sql, values) in _appends.SelectMany(append => append.Alerts).SelectMany(AlertStatements.Of)) batch.Add(sql, values);
        if (batch.BatchCommands.Count > 0) batch.ExecuteNonQuery();
    }
}
