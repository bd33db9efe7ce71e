using DagmmStream.Storage.Journal;

namespace DagmmStream.Storage.Writing;

/// <summary>What the writer asks of a dialect: one connection, one transaction at a time, used by one thread. Errors are classified
/// by <see cref="Classify"/>.</summary>
internal interface IWriteSession : IDisposable
{
    /// <summary>Starts the transaction of a group; reconnects after a failure.</summary>
    void Begin();

    /// <summary>Commits it: when this returns the group is durable.</summary>
    void Commit();

    /// <summary>Drops it and whatever state the connection may have kept.</summary>
    void Abandon();

    /// <summary>Starts the part of the group that belongs to one item.</summary>
    void BeginItem();

    /// <summary>Keeps the item's part.</summary>
    void KeepItem();

    /// <summary>Undoes the item's part only.</summary>
    void UndoItem();

    /// <summary>Raises the epoch of a partition, whose row is created when missing.</summary>
    PartitionHandle Open(PartitionId partition);

    /// <summary>The epoch of a partition now; -1 when it does not exist.</summary>
    long EpochOf(long partitionId);

    void Append(JournalAppend append);

    int Truncate(long partitionId, long belowOffset, int limit);

    int DeleteScoresFrom(long partitionId, long fromOffset, int limit);

    RetentionStep DeleteScoresOlderThan(long partitionId, long fromOffset, long olderThan, int limit);

    IReadOnlyList<long> PartitionsOf(string stream);

    bool AddStream(string name, string definition);

    bool RemoveStream(string name);

    /// <summary>Turns an error of the driver into ours; says whether it is the fault of one item or of the whole store.</summary>
    WriteFailure Classify(Exception exception);
}
