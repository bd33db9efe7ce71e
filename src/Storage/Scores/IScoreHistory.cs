namespace DagmmStream.Storage.Scores;

/// <summary>The history of scores: one row per batch of events, kept by the stream's retention. Written by the
/// journal's writer.</summary>
public interface IScoreHistory
{
    /// <summary>Reads scores by offset.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="fromOffset">First offset wanted.</param>
    /// <param name="maxCount">At most so many.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The scores, by offset.</returns>
    Task<ScoreBlock> ReadAsync(PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken);

    /// <summary>First and one past the last offset kept; (0, 0) when there is none.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The range.</returns>
    Task<(long First, long Next)> GetRangeAsync(PartitionId partition, CancellationToken cancellationToken);

    /// <summary>Reads explanations of anomalies by offset.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="fromOffset">First offset wanted.</param>
    /// <param name="maxCount">At most so many.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The explanations, by offset.</returns>
    Task<IReadOnlyList<StoredExplanation>> ReadExplanationsAsync(
        PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken);

    /// <summary>Forgets scores and explanations from an offset on: those of events that an in-memory stream lost in a crash.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="fromOffset">First offset to forget.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>When all are forgotten.</returns>
    Task ForgetFromAsync(PartitionHandle partition, long fromOffset, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes batches all of whose events are older than a time, a bounded number at once so that ingest never waits for long.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="olderThan">Event time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>How many events.</returns>
    Task<int> DeleteOlderThanAsync(string stream, DateTimeOffset olderThan, CancellationToken cancellationToken);

    /// <summary>Deletes explanations of events older than a time, a bounded number at once.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="olderThan">Event time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>How many were deleted.</returns>
    Task<int> DeleteExplanationsOlderThanAsync(string stream, DateTimeOffset olderThan, CancellationToken cancellationToken);
}
