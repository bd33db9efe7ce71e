using System.Data.Common;
using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Writing;
using Npgsql;

namespace DagmmStream.Storage.PostgreSql;

/// <content>What journal, score history and catalog are made of: pooled connections, beside the writer's, so that nothing here holds up
/// ingest.</content>
public sealed partial class PostgreSqlStore
{
    Task<PartitionHandle> IRelationalStore.OpenPartitionAsync(PartitionId partition, CancellationToken cancellationToken) =>
        FirstAsync(
            PostgreSqlSql.OpenPartition, [partition.Stream, partition.Partition],
            reader => new PartitionHandle(reader.GetInt64(0), partition, reader.GetInt64(1)), cancellationToken);

    Task<int> IRelationalStore.TruncateAsync(PartitionHandle partition, long belowOffset, int limit, CancellationToken cancellationToken) =>
        DeleteAsync(partition, PostgreSqlSql.Truncate, [partition.Id, belowOffset, limit], cancellationToken);

    Task<int> IRelationalStore.ForgetProducersAsync(int limit, CancellationToken cancellationToken) =>
        DeleteAsync(null, PostgreSqlSql.ForgetProducers, [limit], cancellationToken);

    Task<IReadOnlyList<long>> IRelationalStore.PartitionsOfAsync(string stream, CancellationToken cancellationToken) =>
        ListAsync(PostgreSqlSql.PartitionsOf, [stream], reader => reader.GetInt64(0), cancellationToken);

    async Task<bool> IRelationalStore.AddStreamAsync(string name, string definition, CancellationToken cancellationToken) =>
        await ExecuteAsync(PostgreSqlSql.AddStream, [name, definition], cancellationToken).ConfigureAwait(false) == 1;

    async Task<bool> IRelationalStore.ReplaceStreamAsync(string name, string before, string after, CancellationToken cancellationToken) =>
        await ExecuteAsync(PostgreSqlSql.ReplaceStream, [after, name, before], cancellationToken).ConfigureAwait(false) == 1;

    async Task<bool> IRelationalStore.RemoveStreamAsync(string name, CancellationToken cancellationToken) =>
        await ExecuteAsync(PostgreSqlSql.RemoveStream, [name], cancellationToken).ConfigureAwait(false) == 1;

    Task<string?> IRelationalStore.FindStreamAsync(string name, CancellationToken cancellationToken) =>
        FirstAsync<string?>(PostgreSqlSql.FindStream, [name], reader => reader.GetString(0), cancellationToken);

    Task<IReadOnlyList<string>> IRelationalStore.ListStreamsAsync(CancellationToken cancellationToken) =>
        ListAsync(PostgreSqlSql.ListStreams, [], reader => reader.GetString(0), cancellationToken);

    Task<long> IRelationalStore.ReadEpochAsync(long partitionId, CancellationToken cancellationToken) =>
        FirstAsync(PostgreSqlSql.ReadEpoch, [partitionId], reader => reader.GetInt64(0), cancellationToken);

    Task<IReadOnlyList<JournalRow>> IRelationalStore.ReadJournalAsync(
        long partitionId, long fromOffset, int limit, CancellationToken cancellationToken) =>
        ListAsync(PostgreSqlSql.ReadJournal, [partitionId, fromOffset, limit], Row, cancellationToken);

    Task<IReadOnlyList<T>> IRelationalStore.QueryAsync<T>(
        string sql, object[] values, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        ListAsync(sql, values, read, cancellationToken);

    Task<IReadOnlyList<T>> IRelationalStore.ReturningAsync<T>(
        string sql, object[] values, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        ListAsync(sql, values, read, cancellationToken);

    Task<int> IRelationalStore.ExecuteAsync(
        PartitionHandle? partition, IReadOnlyList<(string Sql, object[] Values)> statements, CancellationToken cancellationToken) =>
        RunAsync(
            async (connection, token) =>
            {
                await using var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
                if (partition is { } handle) await LockAsync(connection, handle, token).ConfigureAwait(false);
                await using var batch = new NpgsqlBatch(connection);
                NpgsqlBatchCommand? last = null;
                foreach (var (sql, values) in statements) last = batch.Add(sql, values);
                if (last is null) return 0;
                await batch.ExecuteNonQueryAsync(token).ConfigureAwait(false);
                await transaction.CommitAsync(token).ConfigureAwait(false);
                return (int)last.RecordsAffected;
            },
            cancellationToken);

    private static JournalRow Row(NpgsqlDataReader reader)
    {
        var record = new JournalRecord
        {
            FirstOffset = reader.GetInt64(0),
            Count = reader.GetInt32(1),
            Producer = reader.GetString(2),
            FirstSequence = reader.GetInt64(3),
            SamplingRate = (byte)reader.GetInt16(4),
            Features = reader.GetFieldValue<byte[]>(7),
        };
        return new JournalRow(record, reader.GetInt64(5), (uint)reader.GetInt64(6));
    }

    /// <summary>The first row, or default when there is none.</summary>
    private Task<T> FirstAsync<T>(string sql, object[] values, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        RunAsync(
            async (connection, token) =>
            {
                await using var command = connection.Command(sql, values);
                await using var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                return await reader.ReadAsync(token).ConfigureAwait(false) ? read(reader) : default!;
            },
            cancellationToken);

    private Task<IReadOnlyList<T>> ListAsync<T>(
        string sql, object[] values, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<T>>(
            async (connection, token) =>
            {
                await using var command = connection.Command(sql, values);
                await using var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                var rows = new List<T>();
                while (await reader.ReadAsync(token).ConfigureAwait(false)) rows.Add(read(reader));
                return rows;
            },
            cancellationToken);

    private Task<int> ExecuteAsync(string sql, object[] values, CancellationToken cancellationToken) =>
        RunAsync(
            async (connection, token) =>
            {
                await using var command = connection.Command(sql, values);
                return await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Deletes rows if the handle is still the partition's newest.</summary>
    private Task<int> DeleteAsync(PartitionHandle? partition, string sql, object[] values, CancellationToken cancellationToken) =>
        RunAsync(
            async (connection, token) =>
            {
                await using var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
                if (partition is { } handle) await LockAsync(connection, handle, token).ConfigureAwait(false);
                await using var batch = new NpgsqlBatch(connection);
                batch.Add(PostgreSqlSql.NoFlush);
                var delete = batch.Add(sql, values);
                await batch.ExecuteNonQueryAsync(token).ConfigureAwait(false);
                await transaction.CommitAsync(token).ConfigureAwait(false);
                return (int)delete.RecordsAffected;
            },
            cancellationToken);

    private static async Task LockAsync(NpgsqlConnection connection, PartitionHandle handle, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(PostgreSqlSql.LockPartition, handle.Id);
        var epoch = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as long? ?? -1;
        if (epoch != handle.Epoch) throw StoreWriter.Fenced(handle, epoch);
    }
}
