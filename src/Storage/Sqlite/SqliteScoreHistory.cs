using DagmmStream.Storage.Scores;
using Microsoft.Data.Sqlite;

namespace DagmmStream.Storage.Sqlite;

/// <summary>The score history in the embedded store.</summary>
/// <param name="store">The store.</param>
public sealed class SqliteScoreHistory(SqliteStore store) : IScoreHistory
{
    private const int DeleteRows = 4096;

    /// <inheritdoc/>
    public Task<ScoreBlock> ReadAsync(PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        return store.ReadAsync(connection => Read(connection, partition, fromOffset, maxCount), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<(long First, long Next)> GetRangeAsync(PartitionId partition, CancellationToken cancellationToken) =>
        store.ReadAsync(
            connection =>
            {
                if (IdOf(connection, partition) is not { } id) return (0, 0);
                using var command = connection.Command(SqliteSql.ScoreRange, ("$partition", id));
                using var reader = command.ExecuteReader();
                return reader.Read() && !reader.IsDBNull(0) ? (reader.GetInt64(0), reader.GetInt64(1) + 1) : (0L, 0L);
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<int> ForgetFromAsync(PartitionHandle partition, long fromOffset, CancellationToken cancellationToken)
    {
        var total = 0;
        int deleted;
        do
        {
            deleted = await store.Writer.RunAsync(
                partition, session => session.DeleteScoresFrom(partition.Id, fromOffset, DeleteRows), cancellationToken)
                .ConfigureAwait(false);
            total += deleted;
        }
        while (deleted == DeleteRows);
        return total;
    }

    /// <inheritdoc/>
    /// <remarks>Event times follow offsets closely: a partition's run ends at the first window of offsets without an older event.</remarks>
    public async Task<int> DeleteOlderThanAsync(string stream, DateTimeOffset olderThan, CancellationToken cancellationToken)
    {
        var limit = (olderThan - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var total = 0;
        var partitions = await store.Writer.RunAsync(null, session => session.PartitionsOf(stream), cancellationToken)
            .ConfigureAwait(false);
        foreach (var id in partitions)
        {
            var from = 0L;
            while (from >= 0)
            {
                var start = from;
                var step = await store.Writer.RunAsync(
                    null, session => session.DeleteScoresOlderThan(id, start, limit, DeleteRows), cancellationToken).ConfigureAwait(false);
                total += step.Deleted;
                from = step.NextOffset;
            }
        }

        return total;
    }

    private static ScoreBlock Read(SqliteConnection connection, PartitionId partition, long fromOffset, int maxCount)
    {
        if (IdOf(connection, partition) is not { } id) return ScoreBlock.Empty;
        using var command = connection.Command(SqliteSql.ReadScores, ("$partition", id), ("$from", fromOffset), ("$limit", maxCount));
        using var reader = command.ExecuteReader();
        var scores = new List<EventScore>();
        while (reader.Read())
            scores.Add(new EventScore(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), Number(reader, 3), Number(reader, 4), Number(reader, 5),
                (Verdict)reader.GetInt64(6), reader.GetInt64(7)));
        return ScoreBlock.From(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(scores));
    }

    private static double Number(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);

    private static long? IdOf(SqliteConnection connection, PartitionId partition) =>
        connection.Scalar(SqliteSql.Partition, ("$stream", partition.Stream), ("$partition", partition.Partition)) as long?;
}
