using System.Runtime.InteropServices;

namespace DagmmStream.Storage.Writing;

/// <summary>The batches that were handed to the writer and are not committed yet, by partition.</summary>
internal sealed class WaitingBatches
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, int> _partitions = [];

    /// <summary>How many partitions wait, and how many batches they have.</summary>
    public (int Partitions, int Batches) Count
    {
        get
        {
            lock (_lock) return (_partitions.Count, _partitions.Values.Sum());
        }
    }

    /// <summary>A batch waits from now on.</summary>
    public void Add(long partition)
    {
        lock (_lock) CollectionsMarshal.GetValueRefOrAddDefault(_partitions, partition, out _)++;
    }

    /// <summary>It waits no longer, whatever became of it.</summary>
    public void Remove(long partition)
    {
        lock (_lock)
        {
            ref var batches = ref CollectionsMarshal.GetValueRefOrNullRef(_partitions, partition);
            if (--batches == 0) _partitions.Remove(partition);
        }
    }
}
