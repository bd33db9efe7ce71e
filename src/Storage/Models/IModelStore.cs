namespace DagmmStream.Storage.Models;

/// <summary>Models of partitions that were kept, as checkpoints (docs/checkpoint-format.md).</summary>
public interface IModelStore
{
    /// <summary>Keeps a model; one of the same version is replaced, and beyond a number the oldest are deleted.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="model">What is known of it.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="limit">Most that are kept.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes after the commit.</returns>
    Task KeepAsync(PartitionId partition, KeptModel model, byte[] payload, int limit, CancellationToken cancellationToken);

    /// <summary>The models that are kept, the newest first.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The models.</returns>
    Task<IReadOnlyList<KeptModel>> ListAsync(PartitionId partition, CancellationToken cancellationToken);

    /// <summary>The bytes of one.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="version">Version of its snapshot.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The bytes; null when it is not kept.</returns>
    Task<byte[]?> ReadAsync(PartitionId partition, long version, CancellationToken cancellationToken);

    /// <summary>Deletes the models of a stream.</summary>
    /// <param name="stream">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes after the commit.</returns>
    Task DeleteAsync(string stream, CancellationToken cancellationToken);
}
