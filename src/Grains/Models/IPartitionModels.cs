namespace DagmmStream.Grains.Models;

/// <summary>The silo's own calls to a partition about its model; its key is that of the partition.</summary>
[Alias("dagmm.partition-models")]
internal interface IPartitionModels : IGrainWithStringKey
{
    /// <summary>The model as a checkpoint of the last chunk boundary.</summary>
    [Alias("ExportModel")]
    Task<byte[]> ExportModelAsync(CancellationToken cancellationToken);

    /// <summary>Keeps the model.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its version.</returns>
    [Alias("KeepModel")]
    Task<long> KeepModelAsync(string reason, CancellationToken cancellationToken);

    /// <summary>Puts a model in place of the one that is there, which is kept.</summary>
    /// <param name="payload">A checkpoint.</param>
    /// <param name="isOwn">True if it is of this partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The version that it has now.</returns>
    [Alias("ReplaceModel")]
    Task<long> ReplaceModelAsync(byte[] payload, bool isOwn, CancellationToken cancellationToken);
}
