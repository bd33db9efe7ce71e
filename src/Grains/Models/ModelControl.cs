using DagmmStream.Storage.Models;

namespace DagmmStream.Grains.Models;

/// <summary>Versions of a partition's model: kept, exported, imported, rolled back to.</summary>
/// <param name="grains">Finds the partitions.</param>
/// <param name="models">What was kept.</param>
public sealed class ModelControl(IGrainFactory grains, IModelStore models)
{
    /// <summary>The model as it is, as a checkpoint (docs/checkpoint-format.md) that covers every full chunk of accepted events.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The bytes.</returns>
    public Task<byte[]> ExportAsync(PartitionId partition, CancellationToken cancellationToken) =>
        Grain(partition).ExportModelAsync(cancellationToken);

    /// <summary>Keeps the model as it is.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its version.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/> while there is no snapshot.</exception>
    public Task<long> KeepAsync(PartitionId partition, CancellationToken cancellationToken) =>
        Grain(partition).KeepModelAsync("asked for", cancellationToken);

    /// <summary>Puts a model in place of the one that is there, which is kept. The events stay, and with them what was scored.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="payload">A checkpoint of a stream with equal features and preset.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The version that it has now: above all that there were.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidModel"/>.</exception>
    public Task<long> ImportAsync(PartitionId partition, byte[] payload, CancellationToken cancellationToken) =>
        Grain(partition).ReplaceModelAsync(payload, isOwn: false, cancellationToken);

    /// <summary>Goes back to a model that was kept; the one that is there is kept.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="version">A version that is kept.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The version that it has now: above all that there were.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/>, <see cref="ErrorCode.InvalidModel"/>.</exception>
    public async Task<long> RollBackAsync(PartitionId partition, long version, CancellationToken cancellationToken)
    {
        var payload = await models.ReadAsync(partition, version, cancellationToken) ?? throw new DagmmStreamException(
            ErrorCode.NotKept, $"version {version} of partition {partition} is not kept; list the versions that are");
        return await Grain(partition).ReplaceModelAsync(payload, isOwn: true, cancellationToken);
    }

    private IPartitionModels Grain(PartitionId partition) => grains.GetGrain<IPartitionModels>(partition.ToString());
}
