using System.Data.Common;
using DagmmStream.Storage.Journal;
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
}
