using System.Collections.Immutable;
using DagmmStream.Grains.Rounds;
using DagmmStream.Storage.Catalog;
using DagmmStream.Storage.Models;

namespace DagmmStream.Grains.Models;

/// <summary>Versions of a stream's model: kept, exported, imported, rolled back to.</summary>
/// <param name="grains">Finds the partitions, and the coordinator of a stream that has several.</param>
/// <param name="models">What was kept.</param>
/// <param name="catalog">Knows which streams have several.</param>
public sealed class ModelControl(IGrainFactory grains, IModelStore models, ICatalogStore catalog)
{
    /// <summary>The models of a partition that are kept, the newest first.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What is kept.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>.</exception>
    public async Task<ImmutableArray<KeptModel>> ListAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var partitions = (await DefinitionAsync(partition.Stream, cancellationToken)).Partitions;
        if (partition.Partition < 0 || partition.Partition >= partitions)
        {
            throw new DagmmStreamException(
                ErrorCode.StreamNotFound, $"stream \"{partition.Stream}\" has {partitions} partitions; there is no {partition.Partition}");
        }

        return [.. await models.ListAsync(partition, cancellationToken)];
    }

    /// <summary>A model as a checkpoint (docs/checkpoint-format.md).</summary>
    /// <param name="partition">The partition: each has its own window.</param>
    /// <param name="version">A version that is kept; null for the model as it is, which covers every full chunk of accepted events.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/>.</exception>
    public async Task<byte[]> ExportAsync(PartitionId partition, long? version, CancellationToken cancellationToken) => version is { } kept
        ? await models.ReadAsync(partition, kept, cancellationToken) ?? throw NotKept($"partition {partition}", kept)
        : await Grain(partition).ExportModelAsync(cancellationToken);

    /// <summary>Keeps the model as it is, of all partitions.</summary>
    /// <param name="stream">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its version.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/> while there is no snapshot.</exception>
    public async Task<long> KeepAsync(string stream, CancellationToken cancellationToken) =>
        await IsSharedAsync(stream, cancellationToken)
            ? await Coordinator(stream).KeepModelAsync(cancellationToken)
            : await Grain(new PartitionId(stream, 0)).KeepModelAsync("asked for", cancellationToken);

    /// <summary>
    /// Puts a model in place of the one that is there, which is kept. The events stay, and with them what was scored. Made again it does
    /// the same again, under another number.
    /// </summary>
    /// <param name="stream">Name of the stream.</param>
    /// <param name="payload">A checkpoint of a stream with equal features, inputs and preset, of any number of partitions.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The version that it has now: above all that there were.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidModel"/>.</exception>
    public async Task<long> ImportAsync(string stream, byte[] payload, CancellationToken cancellationToken) =>
        await IsSharedAsync(stream, cancellationToken)
            ? await Coordinator(stream).ImportModelAsync(payload, cancellationToken)
            : await Grain(new PartitionId(stream, 0)).ReplaceModelAsync(payload, isOwn: false, cancellationToken);

    /// <summary>Goes back to a model that was kept; the one that is there is kept.</summary>
    /// <param name="stream">Name of the stream.</param>
    /// <param name="version">A version that is kept.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The version that it has now: above all that there were.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/>, <see cref="ErrorCode.InvalidModel"/>.</exception>
    public async Task<long> RollBackAsync(string stream, long version, CancellationToken cancellationToken)
    {
        if (await IsSharedAsync(stream, cancellationToken)) return await Coordinator(stream).RollBackModelAsync(version, cancellationToken);
        var partition = new PartitionId(stream, 0);
        var payload = await models.ReadAsync(partition, version, cancellationToken) ?? throw NotKept($"stream \"{stream}\"", version);
        return await Grain(partition).ReplaceModelAsync(payload, isOwn: true, cancellationToken);
    }

    private static DagmmStreamException NotKept(string what, long version) => new(
        ErrorCode.NotKept, $"version {version} of {what} is not kept; list the versions that are");

    private async Task<bool> IsSharedAsync(string stream, CancellationToken cancellationToken) =>
        (await DefinitionAsync(stream, cancellationToken)).Partitions > 1;

    private async Task<StreamDefinition> DefinitionAsync(string stream, CancellationToken cancellationToken) =>
        await catalog.FindAsync(stream, cancellationToken) ?? throw new DagmmStreamException(
            ErrorCode.StreamNotFound, $"there is no stream \"{stream}\"; create it with its feature names first");

    private IPartitionModels Grain(PartitionId partition) => grains.GetGrain<IPartitionModels>(partition.ToString());

    private IRoundCoordinator Coordinator(string stream) => grains.GetGrain<IRoundCoordinator>(stream);
}
