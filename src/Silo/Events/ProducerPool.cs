using System.Collections.Concurrent;

namespace DagmmStream.Silo.Events;

/// <summary>
/// Names under which requests without a producer of their own push: used again and again, so that a partition does not meet a new producer
/// with every request.
/// </summary>
internal sealed class ProducerPool
{
    private const string Prefix = "http-";
    private readonly ConcurrentDictionary<PartitionId, ConcurrentBag<ProducerLease>> _free = new();

    /// <summary>Takes a name for one request; nobody else has it meanwhile.</summary>
    public ProducerLease Rent(PartitionId partition) =>
        _free.TryGetValue(partition, out var free) && free.TryTake(out var lease) ? lease : New();

    /// <summary>Gives a name back. Never one whose last batch may or may not have arrived.</summary>
    public void Return(PartitionId partition, ProducerLease lease) => _free.GetOrAdd(partition, _ => []).Add(lease);

    /// <summary>Forgets a partition that is gone.</summary>
    public void Forget(PartitionId partition) => _free.TryRemove(partition, out _);

    /// <summary>A name that nobody has used.</summary>
    public static ProducerLease New() => new(Prefix + Guid.NewGuid().ToString("N"), 0);
}
