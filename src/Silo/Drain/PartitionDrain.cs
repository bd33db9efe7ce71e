using DagmmStream.Grains.Partitions;

namespace DagmmStream.Silo.Drain;

/// <summary>Drains the partitions of this silo.</summary>
internal sealed class PartitionDrain(PartitionRegistry partitions) : IDrain
{
    public bool IsDraining => partitions.IsDraining;

    public Task<int> DrainAsync(CancellationToken cancellationToken) => partitions.DrainAsync(cancellationToken);
}
