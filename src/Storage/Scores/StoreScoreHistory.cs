using DagmmStream.Storage.Writing;

namespace DagmmStream.Storage.Scores;

/// <summary>The score history over either dialect of the store.</summary>
/// <param name="store">The store.</param>
internal sealed class StoreScoreHistory(IRelationalStore store) : IScoreHistory
{
    // A block is a batch: 15 kB with 256 events.
    private const int DeleteBlocks = 256;
    private const int DeleteExplanations = 4096;

    /// <inheritdoc/>
    public async Task<ScoreBlock> ReadAsync(PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        var blocks = await store.QueryAsync(
            ScoreSql.Read, [partition.Stream, partition.Partition, fromOffset, (long)maxCount],
            reader => new StoredBlock(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)), cancellationToken).ConfigureAwait(false);
        return StoredBlock.Join(blocks, fromOffset, maxCount);
    }

    /// <inheritdoc/>
    public async Task<(long First, long Next)> GetRangeAsync(PartitionId partition, CancellationToken cancellationToken) =>
        (await store.QueryAsync(
            ScoreSql.Range, [partition.Stream, partition.Partition],
            reader => reader.IsDBNull(0) ? (0, 0) : (reader.GetInt64(0), reader.GetInt64(1)), cancellationToken)
            .ConfigureAwait(false))[0];

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredExplanation>> ReadExplanationsAsync(
        PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        return store.QueryAsync(
            ScoreSql.ReadExplanations, [partition.Stream, partition.Partition, fromOffset, maxCount],
            reader => new StoredExplanation(reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ForgetFromAsync(PartitionHandle partition, long fromOffset, CancellationToken cancellationToken)
    {
        (string, object[])[] statements =
        [
            (ScoreSql.DeleteExplanationsFrom, [partition.Id, fromOffset]),
            (ScoreSql.Cut, [partition.Id, fromOffset, ScoreBlock.RowBytes]),
            (ScoreSql.DeleteFrom, [partition.Id, fromOffset, DeleteBlocks]),
        ];
        while (await store.ExecuteAsync(partition, statements, cancellationToken).ConfigureAwait(false) == DeleteBlocks)
        {
            // Newest first: readers never see a hole.
        }
    }

    /// <inheritdoc/>
    /// <remarks>Event times follow offsets closely: a partition's run ends at the first window of blocks without an old one.</remarks>
    public async Task<int> DeleteOlderThanAsync(string stream, DateTimeOffset olderThan, CancellationToken cancellationToken)
    {
        var limit = Microseconds(olderThan);
        var total = 0;
        foreach (var id in await store.PartitionsOfAsync(stream, cancellationToken).ConfigureAwait(false))
        {
            var (from, deleted) = (0L, 0);
            do
            {
                var window = await store.QueryAsync<long?>(
                    ScoreSql.RetentionWindow, [id, from, DeleteBlocks], reader => reader.IsDBNull(0) ? null : reader.GetInt64(0),
                    cancellationToken).ConfigureAwait(false);
                if (window[0] is not { } last) break;
                var counts = await store.ReturningAsync(
                    ScoreSql.DeleteOlderThan, [id, from, last, limit], reader => reader.GetInt32(0), cancellationToken)
                    .ConfigureAwait(false);
                deleted = counts.Sum();
                total += deleted;
                from = last + 1;
            }
            while (deleted > 0);
        }

        return total;
    }

    /// <inheritdoc/>
    public async Task<int> DeleteExplanationsOlderThanAsync(string stream, DateTimeOffset olderThan, CancellationToken cancellationToken)
    {
        var limit = Microseconds(olderThan);
        var total = 0;
        foreach (var id in await store.PartitionsOfAsync(stream, cancellationToken).ConfigureAwait(false))
        {
            int deleted;
            do
            {
                deleted = await store.ExecuteAsync(
                    null, [(ScoreSql.DeleteExplanationsOlderThan, [id, limit, DeleteExplanations])], cancellationToken)
                    .ConfigureAwait(false);
                total += deleted;
            }
            while (deleted == DeleteExplanations);
        }

        return total;
    }

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
