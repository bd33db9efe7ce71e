namespace DagmmStream.Storage.Journal;

/// <summary>
/// The durable log of accepted events that no checkpoint covers yet. One writer per silo commits the batches of all partitions in groups:
/// one transaction, one flush to disk. Appends of one partition are committed in the order in which they were handed over.
/// </summary>
public interface IJournal
{
    /// <summary>Takes over a partition: raises its epoch, so that every earlier handle is fenced off.</summary>
    /// <param name="partition">The partition; its row is created when missing.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The handle to write with.</returns>
    Task<PartitionHandle> OpenAsync(PartitionId partition, CancellationToken cancellationToken);

    /// <summary>
    /// Confirms that nobody has taken the partition over. A silo that was frozen and declared dead may go on answering from what it knew:
    /// what it says of the partition's state holds only if this succeeds after the question came.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes when the handle's epoch is the partition's.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.Fenced"/> (transient) when it is not.</exception>
    Task ConfirmAsync(PartitionHandle partition, CancellationToken cancellationToken);

    /// <summary>
    /// Hands a batch to the writer synchronously (so that the order of calls is the order of commits) and completes when it is committed.
    /// When one append of a partition fails, those handed over behind it fail too.
    /// </summary>
    /// <param name="append">The batch.</param>
    /// <returns>Completes after the commit.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StoreUnavailable"/> (transient: disk full, locked, I/O),
    /// <see cref="ErrorCode.Fenced"/>, or <see cref="ErrorCode.Overloaded"/> (transient) when the writer's queue is full.</exception>
    Task AppendAsync(JournalAppend append);

    /// <summary>True while the writer's queue has room for one more batch.</summary>
    bool HasRoom { get; }

    /// <summary>False while the store does not answer and what was handed over is tried again: take nothing new, what waits will be
    /// committed once the store is back.</summary>
    bool IsAvailable { get; }

    /// <summary>True while the store fails, whether or not what it failed at is tried again. The log says so for the silo: what follows
    /// from it for one partition need not be said there.</summary>
    bool HasOutage { get; }

    /// <summary>Reads the records of a partition that reach to or beyond an offset, in order.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="fromOffset">First offset wanted; a record that starts before it and reaches over it is included whole.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The records.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StoreDamaged"/> when a record fails its checksum; names the
    /// offset.</exception>
    IAsyncEnumerable<JournalRecord> ReadAsync(PartitionHandle partition, long fromOffset, CancellationToken cancellationToken);

    /// <summary>Deletes the records that end at or below an offset.</summary>
    /// <param name="partition">The partition; a stale epoch deletes nothing and throws.</param>
    /// <param name="belowOffset">Records whose last offset is below this one are deleted.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes after the commit.</returns>
    Task TruncateAsync(PartitionHandle partition, long belowOffset, CancellationToken cancellationToken);

    /// <summary>Deletes journal and scores of a partition.</summary>
    /// <param name="partition">The partition; a stale epoch deletes nothing and throws.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes after the commit.</returns>
    Task DeleteAsync(PartitionHandle partition, CancellationToken cancellationToken);
}
