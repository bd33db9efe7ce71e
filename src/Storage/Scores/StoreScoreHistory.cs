using DagmmStream.Storage.Writing;

namespace DagmmStream.Storage.Scores;

/// <summary>The score history over either dialect of the store.</summary>
/// <param name="store">The store.</param>
internal sealed class StoreScoreHistory(IRelationalStore store) : IScoreHistory
{
    private const int DeleteRows = 4096;

    /// <inheritdoc/>
    public Task<ScoreBlock> ReadAsync(PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        return store.ReadScoresAsync(partition, fromOffset, maxCount, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<(long First, long Next)> GetRangeAsync(PartitionId partition, CancellationToken cancellationToken) =>
        store.ScoreRangeAsync(partition, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredExplanation>> ReadExplanationsAsync(
        PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        return store.ReadExplanationsAsync(partition, fromOffset, maxCount, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<int> ForgetFromAsync(PartitionHandle partition, long fromOffset, CancellationToken cancellationToken)
    {
        var total = 0;
        int deleted;
        do
        {
            deleted = await store.DeleteScoresFromAsync(partition, fromOffset, DeleteRows, cancellationToken).ConfigureAwait(false);
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
        foreach (var id in await store.PartitionsOfAsync(stream, cancellationToken).ConfigureAwait(false))
        {
            var from = 0L;
            while (from >= 0)
            {
                var step = await store.DeleteScoresOlderThanAsync(id, from, limit, DeleteRows, cancellationToken).ConfigureAwait(false);
                total += step.Deleted;
                from = step.NextOffset;
            }
        }

        return total;
    }

    /// <inheritdoc/>
    public async Task<int> DeleteExplanationsOlderThanAsync(string stream, DateTimeOffset olderThan, CancellationToken cancellationToken)
    {
        var limit = (olderThan - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var total = 0;
        foreach (var id in await store.PartitionsOfAsync(stream, cancellationToken).ConfigureAwait(false))
        {
            int deleted;
            do
            {
                deleted = await store.DeleteExplanationsOlderThanAsync(id, limit, DeleteRows, cancellationToken).ConfigureAwait(false);
                total += deleted;
            }
            while (deleted == DeleteRows);
        }

        return total;
    }
}
