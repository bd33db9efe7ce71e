using DagmmStream.Silo.Access;

namespace DagmmStream.Silo.Api;

/// <summary>Finds the grains of a request, and keeps its caller to the streams that its key is for.</summary>
internal sealed class GrainLookup(IGrainFactory grains, IHttpContextAccessor caller)
{
    public ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);

    public IPartitionGrain Partition(string stream, int partition) =>
        grains.GetGrain<IPartitionGrain>(new PartitionId(stream, partition).ToString());

    public IRoundGrain Rounds(string stream) => grains.GetGrain<IRoundGrain>(stream);

    /// <summary>True if the caller's key is for a stream.</summary>
    public bool IsVisible(string stream) => caller.HttpContext?.User.MaySee(stream) ?? true;

    /// <summary>Throws when the caller's key is not for a stream.</summary>
    /// <exception cref="ApiException">403.</exception>
    public void ThrowIfHidden(string stream)
    {
        if (!IsVisible(stream))
            throw new ApiException(
                StatusCodes.Status403Forbidden, "forbidden", "The key does not allow this", $"the key is not for stream \"{stream}\"");
    }

    /// <summary>A stream's definition.</summary>
    /// <exception cref="ApiException">404 when there is none, 403 when it is not the caller's.</exception>
    public async Task<StreamDefinition> DefinitionAsync(string stream, CancellationToken cancellationToken)
    {
        ThrowIfHidden(stream);
        return await Catalog.FindAsync(stream, cancellationToken) ?? throw Problems.StreamNotFound(stream);
    }

    /// <summary>One partition of a stream that exists.</summary>
    /// <exception cref="ApiException">404 when there is no such stream, 403 when it is not the caller's, 400 when it has no such
    /// partition.</exception>
    public async Task<IPartitionGrain> PartitionAsync(string stream, int partition, CancellationToken cancellationToken)
    {
        var definition = await DefinitionAsync(stream, cancellationToken);
        if (partition < 0 || partition >= definition.Partitions)
            throw Problems.Parameter("partition", partition, $"stream \"{stream}\" has partitions 0 to {definition.Partitions - 1}");
        return Partition(stream, partition);
    }
}
