namespace DagmmStream.Silo.Api;

/// <summary>Finds the grains of a request.</summary>
internal sealed class GrainLookup(IGrainFactory grains)
{
    public ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);

    public IPartitionGrain Partition(string stream, int partition) =>
        grains.GetGrain<IPartitionGrain>(new PartitionId(stream, partition).ToString());

    /// <summary>A stream's definition.</summary>
    /// <exception cref="ApiException">404 when there is none.</exception>
    public async Task<StreamDefinition> DefinitionAsync(string stream, CancellationToken cancellationToken) =>
        await Catalog.FindAsync(stream, cancellationToken) ?? throw Problems.StreamNotFound(stream);

    /// <summary>One partition of a stream that exists.</summary>
    /// <exception cref="ApiException">404 when there is no such stream, 400 when it has no such partition.</exception>
    public async Task<IPartitionGrain> PartitionAsync(string stream, int partition, CancellationToken cancellationToken)
    {
        var definition = await DefinitionAsync(stream, cancellationToken);
        if (partition < 0 || partition >= definition.Partitions)
            throw Problems.Parameter("partition", partition, $"stream \"{stream}\" has partitions 0 to {definition.Partitions - 1}");
        return Partition(stream, partition);
    }
}
