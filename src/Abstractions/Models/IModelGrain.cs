using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>Versions of a stream's model; its key is the stream's name. A file is a checkpoint (docs/checkpoint-format.md).</summary>
[Alias("dagmm.model")]
public interface IModelGrain : IGrainWithStringKey
{
    /// <summary>Keeps the model as it is, of all partitions.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its version.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>; <see cref="ErrorCode.NotKept"/> while there is no
    /// snapshot.</exception>
    [Alias("Keep")]
    Task<long> KeepAsync(CancellationToken cancellationToken = default);

    /// <summary>The models of a partition that are kept, the newest first.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What is kept.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>.</exception>
    [Alias("List")]
    Task<ImmutableArray<KeptModel>> ListAsync(int partition, CancellationToken cancellationToken = default);

    /// <summary>A model as a file: with it the events of the partition's window.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="version">A version that is kept; null for the model as it is.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>, <see cref="ErrorCode.NotKept"/>.</exception>
    [Alias("Export")]
    Task<byte[]> ExportAsync(int partition, long? version, CancellationToken cancellationToken = default);

    /// <summary>Puts a model in place of the stream's, which is kept. Made again it does the same again, under another number.</summary>
    /// <param name="model">A file of a stream with equal features, inputs and preset, of any number of partitions.</param>
    /// <param name="cancellationToken">Cancels the wait, not the import.</param>
    /// <returns>The version that it has now: above all that there were.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>; <see cref="ErrorCode.InvalidModel"/>, naming what
    /// does not fit.</exception>
    [Alias("Import")]
    Task<long> ImportAsync(byte[] model, CancellationToken cancellationToken = default);

    /// <summary>Goes back to a model that was kept; the one that is there is kept.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="cancellationToken">Cancels the wait, not the rollback.</param>
    /// <returns>The version that it has now: above all that there were.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>, <see cref="ErrorCode.NotKept"/>.</exception>
    [Alias("RollBack")]
    Task<long> RollBackAsync(long version, CancellationToken cancellationToken = default);
}
