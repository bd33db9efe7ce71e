namespace DagmmStream.Storage;

/// <summary>A partition as the store knows it, and the right to write to it.</summary>
/// <param name="Id">Row id of the partition.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Epoch">Fencing epoch: a higher one, taken later, invalidates this handle.</param>
public readonly record struct PartitionHandle(long Id, PartitionId Partition, long Epoch);
