using DagmmStream.Storage.Journal;

namespace DagmmStream.Storage.Writing;

/// <summary>What the writer asks of a dialect: one connection, one transaction at a time, used by one thread. Errors are classified
/// by <see cref="Classify"/>.</summary>
internal interface IWriteSession : IDisposable
{
    /// <summary>Starts the transaction of a group; reconnects after a failure.</summary>
    /// <param name="partitions">Ids of the partitions that the group writes to: until the commit nobody else can raise their
    /// epochs.</param>
    void Begin(IReadOnlyCollection<long> partitions);

    /// <summary>Commits it: when this returns the group is durable.</summary>
    void Commit();

    /// <summary>Drops it and whatever state the connection may have kept.</summary>
    void Abandon();

    /// <summary>
    /// After <see cref="Abandon"/>: whether the group was committed all the same, its confirmation being lost with the connection.
    /// </summary>
    bool WasCommitted();

    /// <summary>Starts the part of the group that belongs to one item.</summary>
    void BeginItem();

    /// <summary>Keeps the item's part.</summary>
    void KeepItem();

    /// <summary>Undoes the item's part only.</summary>
    void UndoItem();

    /// <summary>The epoch of a partition of the group now; -1 when it does not exist.</summary>
    long EpochOf(long partitionId);

    /// <summary>Writes a batch; a dialect may keep it until the commit.</summary>
    void Append(JournalAppend append);

    /// <summary>Turns an error of the driver into ours; says whether it is the fault of one item or of the whole store.</summary>
    WriteFailure Classify(Exception exception);
}
