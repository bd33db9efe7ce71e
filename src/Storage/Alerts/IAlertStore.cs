namespace DagmmStream.Storage.Alerts;

/// <summary>
/// Alerts, the policies behind them, and the outbox of messages about them. Episodes are written by the journal's writer with the scores
/// that changed them (<see cref="Journal.JournalAppend.Alerts"/>): neither is there without the other.
/// </summary>
public interface IAlertStore
{
    /// <summary>A stream's policy.</summary>
    /// <param name="stream">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The policy; null when it was given none.</returns>
    Task<AlertPolicy?> FindPolicyAsync(string stream, CancellationToken cancellationToken);

    /// <summary>The policies that were given, by name of the stream.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Streams and policies.</returns>
    Task<IReadOnlyList<(string Stream, AlertPolicy Policy)>> ListPoliciesAsync(CancellationToken cancellationToken);

    /// <summary>Stores a stream's policy in place of the one before.</summary>
    /// <param name="stream">Name of the stream.</param>
    /// <param name="policy">A valid policy.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes after the commit.</returns>
    Task SavePolicyAsync(string stream, AlertPolicy policy, CancellationToken cancellationToken);

    /// <summary>Writes changes that come with no scores: a silence, or what a new policy changes.</summary>
    /// <param name="partition">The partition; a stale epoch writes nothing and throws.</param>
    /// <param name="changes">The changes, in order.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes after the commit.</returns>
    Task SaveAsync(PartitionHandle partition, IReadOnlyList<AlertChange> changes, CancellationToken cancellationToken);

    /// <summary>The episodes of a partition that go on: at most one of each kind.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The episodes.</returns>
    Task<IReadOnlyList<AlertEpisode>> ReadOpenAsync(PartitionId partition, CancellationToken cancellationToken);

    /// <summary>One alert.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The alert, or null.</returns>
    Task<AlertRecord?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>A page of alerts, the newest first.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The alerts.</returns>
    Task<IReadOnlyList<AlertRecord>> ListAsync(AlertQuery query, CancellationToken cancellationToken);

    /// <summary>Notes who took an alert; doing it again replaces it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="at">When; null takes it back.</param>
    /// <param name="by">Who.</param>
    /// <param name="note">What they wrote.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if there is such an alert.</returns>
    Task<bool> AcknowledgeAsync(string id, DateTimeOffset? at, string? by, string? note, CancellationToken cancellationToken);

    /// <summary>Sets the flag that keeps messages back; the alert itself stays as it is.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="isSuppressed">The flag.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if there is such an alert.</returns>
    Task<bool> SuppressAsync(string id, bool isSuppressed, CancellationToken cancellationToken);

    /// <summary>Takes messages that are due, the oldest first and never one whose forerunner to the same receiver is still pending.
    /// Nobody else gets them before the lease is over; then they are due again, whatever became of the taker.</summary>
    /// <param name="now">The time.</param>
    /// <param name="lease">How long the taker may need.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The messages.</returns>
    Task<IReadOnlyList<AlertDelivery>> ClaimAsync(DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken);

    /// <summary>Notes how an attempt ended.</summary>
    /// <param name="number">The message.</param>
    /// <param name="state">Where it stands now.</param>
    /// <param name="attempts">Attempts that failed so far.</param>
    /// <param name="at">When it is tried again, or when it got there.</param>
    /// <param name="error">Why it failed; null when it did not.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes after the commit.</returns>
    Task SettleAsync(
        long number, DeliveryState state, int attempts, DateTimeOffset at, string? error, CancellationToken cancellationToken);

    /// <summary>One message.</summary>
    /// <param name="number">The message.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The message, or null.</returns>
    Task<AlertDelivery?> FindDeliveryAsync(long number, CancellationToken cancellationToken);

    /// <summary>The messages about an alert, the oldest first.</summary>
    /// <param name="id">Id of the alert.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The messages.</returns>
    Task<IReadOnlyList<AlertDelivery>> ReadDeliveriesAsync(string id, CancellationToken cancellationToken);

    /// <summary>Messages in a state, the newest first.</summary>
    /// <param name="state">The state.</param>
    /// <param name="stream">Of one stream; null for all.</param>
    /// <param name="before">Numbers below this one: where the last page ended.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The messages.</returns>
    Task<IReadOnlyList<AlertDelivery>> ListDeliveriesAsync(
        DeliveryState state, string? stream, long before, int limit, CancellationToken cancellationToken);

    /// <summary>Makes a message that was given up, withheld or delivered due again, with all its attempts.</summary>
    /// <param name="number">The message.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if there is such a message and it was not pending.</returns>
    Task<bool> ResendAsync(long number, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>How many messages are pending, and how many were given up.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>States and numbers.</returns>
    Task<IReadOnlyDictionary<DeliveryState, long>> CountDeliveriesAsync(CancellationToken cancellationToken);

    /// <summary>Deletes alerts of a partition that were over before a time, with their messages, a bounded number at once.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="olderThan">The time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>How many alerts were deleted.</returns>
    Task<int> DeleteOlderThanAsync(PartitionId partition, DateTimeOffset olderThan, CancellationToken cancellationToken);

    /// <summary>Deletes everything of a stream: alerts, messages, policy.</summary>
    /// <param name="stream">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes after the commit.</returns>
    Task DeleteAsync(string stream, CancellationToken cancellationToken);
}
