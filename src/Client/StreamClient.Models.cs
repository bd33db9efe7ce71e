using System.Collections.Immutable;

namespace DagmmStream.Client;

/// <content>Versions of the model.</content>
public partial class StreamClient
{
    /// <summary>Keeps the model as it is, of all partitions, to go back to it.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its version.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/> while there is no snapshot.</exception>
    public virtual Task<long> KeepModelAsync(CancellationToken cancellationToken = default) =>
        CallAsync(0, (way, id, token) => way.KeepModelAsync(id.Stream, token), "keeping the model", cancellationToken);

    /// <summary>The models of a partition that are kept, the newest first.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What is kept: on request, and before an import or a rollback.</returns>
    public virtual Task<ImmutableArray<KeptModel>> ListModelsAsync(int partition = 0, CancellationToken cancellationToken = default) =>
        CallAsync(partition, (way, id, token) => way.ListModelsAsync(id, token), "listing the models", cancellationToken);

    /// <summary>The model as a file, for another stream or another day. It holds the events of the partition's window.</summary>
    /// <param name="version">A version that is kept; null for the model as it is.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/>.</exception>
    public virtual Task<byte[]> ExportModelAsync(
        long? version = null, int partition = 0, CancellationToken cancellationToken = default) =>
        CallAsync(partition, (way, id, token) => way.ExportModelAsync(id, version, token), "exporting the model", cancellationToken);

    /// <summary>
    /// Puts a model in place of the stream's, on all partitions; the one that is there is kept. Events, scores and watermarks stay. An
    /// attempt whose answer was lost is made again: the model then has a higher number, and is the same.
    /// </summary>
    /// <param name="model">A file of a stream with equal features, inputs and preset, of any number of partitions.</param>
    /// <param name="cancellationToken">Cancels the wait, not the import.</param>
    /// <returns>The version that it has now: above all that there were.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidModel"/>, naming what does not fit.</exception>
    public virtual Task<long> ImportModelAsync(byte[] model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return CallAsync(0, (way, id, token) => way.ImportModelAsync(id.Stream, model, token), "importing the model", cancellationToken);
    }

    /// <summary>Goes back to a model that was kept, on all partitions; the one that is there is kept.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="cancellationToken">Cancels the wait, not the rollback.</param>
    /// <returns>The version that it has now: above all that there were.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/>.</exception>
    public virtual Task<long> RollBackModelAsync(long version, CancellationToken cancellationToken = default) =>
        CallAsync(0, (way, id, token) => way.RollBackModelAsync(id.Stream, version, token), "rolling the model back", cancellationToken);
}
