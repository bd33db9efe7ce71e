using System.Data.Common;
using System.Runtime.InteropServices;
using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Scores;
using DagmmStream.Storage.Writing;
using Microsoft.Data.Sqlite;

namespace DagmmStream.Storage.Sqlite;

/// <content>What journal, score history and catalog are made of: all that writes goes through the one writer.</content>
public sealed partial class SqliteStore
{
    private SqliteWriteSession Session =>
        _session ?? throw new InvalidOperationException($"the store \"{Location}\" is not open: call InitializeAsync first");

    Task<PartitionHandle> IRelationalStore.OpenPartitionAsync(PartitionId partition, CancellationToken cancellationToken) =>
        Writer.RunAsync(null, () => Session.Open(partition), cancellationToken);

    Task<int> IRelationalStore.TruncateAsync(PartitionHandle partition, long belowOffset, int limit, CancellationToken cancellationToken) =>
        Writer.RunAsync(partition, () => Session.Truncate(partition.Id, belowOffset, limit), cancellationToken);

    Task<int> IRelationalStore.DeleteScoresFromAsync(
        PartitionHandle partition, long fromOffset, int limit, CancellationToken cancellationToken) =>
        Writer.RunAsync(partition, () => Session.DeleteScoresFrom(partition.Id, fromOffset, limit), cancellationToken);

    Task<RetentionStep> IRelationalStore.DeleteScoresOlderThanAsync(
        long partitionId, long fromOffset, long olderThan, int limit, CancellationToken cancellationToken) =>
        Writer.RunAsync(null, () => Session.DeleteScoresOlderThan(partitionId, fromOffset, olderThan, limit), cancellationToken);

    Task<int> IRelationalStore.DeleteExplanationsOlderThanAsync(
        long partitionId, long olderThan, int limit, CancellationToken cancellationToken) =>
        Writer.RunAsync(null, () => Session.DeleteExplanationsOlderThan(partitionId, olderThan, limit), cancellationToken);

    Task<IReadOnlyList<StoredExplanation>> IRelationalStore.ReadExplanationsAsync(
        PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<StoredExplanation>>(
            connection =>
            {
                if (IdOf(connection, partition) is not { } id) return [];
                using var command = connection.Command(
                    SqliteSql.ReadExplanations, ("$partition", id), ("$from", fromOffset), ("$limit", maxCount));
                using var reader = command.ExecuteReader();
                var page = new List<StoredExplanation>();
                while (reader.Read())
                    page.Add(new StoredExplanation(reader.GetInt64(0), reader.GetInt64(1), (byte[])reader.GetValue(2)));
                return page;
            },
            cancellationToken);

    Task<int> IRelationalStore.ForgetProducersAsync(int limit, CancellationToken cancellationToken) =>
        Writer.RunAsync(null, () => Session.ForgetProducers(limit), cancellationToken);

    Task<IReadOnlyList<long>> IRelationalStore.PartitionsOfAsync(string stream, CancellationToken cancellationToken) =>
        Writer.RunAsync(null, () => Session.PartitionsOf(stream), cancellationToken);

    Task<bool> IRelationalStore.AddStreamAsync(string name, string definition, CancellationToken cancellationToken) =>
        Writer.RunAsync(null, () => Session.AddStream(name, definition), cancellationToken);

    Task<bool> IRelationalStore.ReplaceStreamAsync(string name, string before, string after, CancellationToken cancellationToken) =>
        Writer.RunAsync(null, () => Session.ReplaceStream(name, before, after), cancellationToken);

    Task<bool> IRelationalStore.RemoveStreamAsync(string name, CancellationToken cancellationToken) =>
        Writer.RunAsync(null, () => Session.RemoveStream(name), cancellationToken);

    Task<string?> IRelationalStore.FindStreamAsync(string name, CancellationToken cancellationToken) =>
        ReadAsync(connection => connection.Scalar(SqliteSql.FindStream, ("$name", name)) as string, cancellationToken);

    Task<IReadOnlyList<string>> IRelationalStore.ListStreamsAsync(CancellationToken cancellationToken) =>
        ReadAsync(
            connection =>
            {
                using var command = connection.Command(SqliteSql.ListStreams);
                using var reader = command.ExecuteReader();
                var definitions = new List<string>();
                while (reader.Read()) definitions.Add(reader.GetString(0));
                return (IReadOnlyList<string>)definitions;
            },
            cancellationToken);

    Task<long> IRelationalStore.ReadEpochAsync(long partitionId, CancellationToken cancellationToken) =>
        ReadAsync(connection => connection.Scalar(SqliteSql.Epoch, ("$id", partitionId)) as long? ?? 0, cancellationToken);

    Task<IReadOnlyList<JournalRow>> IRelationalStore.ReadJournalAsync(
        long partitionId, long fromOffset, int limit, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<JournalRow>>(connection => ReadJournal(connection, partitionId, fromOffset, limit), cancellationToken);

    Task<ScoreBlock> IRelationalStore.ReadScoresAsync(
        PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken) =>
        ReadAsync(connection => ReadScores(connection, partition, fromOffset, maxCount), cancellationToken);

    Task<(long First, long Next)> IRelationalStore.ScoreRangeAsync(PartitionId partition, CancellationToken cancellationToken) =>
        ReadAsync(
            connection =>
            {
                if (IdOf(connection, partition) is not { } id) return (0, 0);
                using var command = connection.Command(SqliteSql.ScoreRange, ("$partition", id));
                using var reader = command.ExecuteReader();
                return reader.Read() && !reader.IsDBNull(0) ? (reader.GetInt64(0), reader.GetInt64(1) + 1) : (0L, 0L);
            },
            cancellationToken);

    Task<IReadOnlyList<T>> IRelationalStore.QueryAsync<T>(
        string sql, object[] values, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<T>>(
            connection =>
            {
                using var command = connection.Command(sql);
                for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue(SqliteCommandExtensions.Place(i), values[i]);
                using var reader = command.ExecuteReader();
                var rows = new List<T>();
                while (reader.Read()) rows.Add(read(reader));
                return rows;
            },
            cancellationToken);

    Task<IReadOnlyList<T>> IRelationalStore.ReturningAsync<T>(
        string sql, object[] values, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        Writer.RunAsync<IReadOnlyList<T>>(null, () => Session.Returning(sql, values, read), cancellationToken);

    Task<int> IRelationalStore.ExecuteAsync(
        PartitionHandle? partition, IReadOnlyList<(string Sql, object[] Values)> statements, CancellationToken cancellationToken) =>
        Writer.RunAsync(partition, () => statements.Aggregate(0, (_, one) => Session.Execute(one.Sql, one.Values)), cancellationToken);

    private static List<JournalRow> ReadJournal(SqliteConnection connection, long partitionId, long fromOffset, int limit)
    {
        using var command = connection.Command(
            SqliteSql.ReadJournal, ("$partition", partitionId), ("$from", fromOffset), ("$limit", limit));
        using var reader = command.ExecuteReader();
        var page = new List<JournalRow>();
        while (reader.Read())
        {
            var record = new JournalRecord
            {
                FirstOffset = reader.GetInt64(0),
                Count = reader.GetInt32(1),
                Producer = reader.GetString(2),
                FirstSequence = reader.GetInt64(3),
                SamplingRate = (byte)reader.GetInt64(4),
                Features = (byte[])reader.GetValue(7),
            };
            page.Add(new JournalRow(record, reader.GetInt64(5), (uint)reader.GetInt64(6)));
        }

        return page;
    }

    private static ScoreBlock ReadScores(SqliteConnection connection, PartitionId partition, long fromOffset, int maxCount)
    {
        if (IdOf(connection, partition) is not { } id) return ScoreBlock.Empty;
        using var command = connection.Command(SqliteSql.ReadScores, ("$partition", id), ("$from", fromOffset), ("$limit", maxCount));
        using var reader = command.ExecuteReader();
        var scores = new List<EventScore>();
        while (reader.Read())
            scores.Add(new EventScore(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), Number(reader, 3), Number(reader, 4), Number(reader, 5),
                (Verdict)reader.GetInt64(6), reader.GetInt64(7), (EventFlags)reader.GetInt64(8)));
        return ScoreBlock.From(CollectionsMarshal.AsSpan(scores));
    }

    private static double Number(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);

    private static long? IdOf(SqliteConnection connection, PartitionId partition) =>
        connection.Scalar(SqliteSql.Partition, ("$stream", partition.Stream), ("$partition", partition.Partition)) as long?;
}
