using DagmmStream.Grains.Partitions;
using Orleans.Runtime;

namespace DagmmStream.Silo.Drain;

/// <summary>Drains the partitions of this silo: to the others, if there are any.</summary>
internal sealed class PartitionDrain(PartitionRegistry partitions, ISiloStatusOracle silos) : IDrain
{
    public bool IsDraining => partitions.IsDraining;

    public Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        var active = silos.GetApproximateSiloStatuses(onlyActive: true).Keys;
        return partitions.DrainAsync([.. active.Where(silo => !silo.Equals(silos.SiloAddress)).Order()], cancellationToken);
    }
}
