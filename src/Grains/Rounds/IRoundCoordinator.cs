using Orleans.Concurrency;

namespace DagmmStream.Grains.Rounds;

/// <summary>The partitions' and the catalog's calls to the coordinator of a stream; same grain as <see cref="IRoundGrain"/>.</summary>
[Alias("dagmm.round-coordinator")]
internal interface IRoundCoordinator : IGrainWithStringKey
{
    /// <summary>A partition has learned.</summary>
    /// <param name="partition">Its number.</param>
    /// <param name="version">The snapshot it scores with.</param>
    /// <param name="samples">Events accepted since the last round it was part of.</param>
    /// <param name="isUrgent">True when it has accepted a new regime.</param>
    [Alias("Report")]
    [OneWay]
    Task ReportAsync(int partition, long version, long samples, bool isUrgent);

    /// <summary>Keeps the model of every partition as it is, between two rounds.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its version.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/> while there is no snapshot.</exception>
    [Alias("KeepModel")]
    Task<long> KeepModelAsync(CancellationToken cancellationToken);

    /// <summary>Puts a model in place of the stream's, between two rounds; the one that is there is kept.</summary>
    /// <param name="payload">A checkpoint.</param>
    /// <param name="cancellationToken">Cancels the wait, not the replacement.</param>
    /// <returns>The version that it has now.</returns>
    [Alias("ImportModel")]
    Task<long> ImportModelAsync(byte[] payload, CancellationToken cancellationToken);

    /// <summary>Goes back to a model that was kept, between two rounds; the one that is there is kept.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="cancellationToken">Cancels the wait, not the replacement.</param>
    /// <returns>The version that it has now.</returns>
    [Alias("RollBackModel")]
    Task<long> RollBackModelAsync(long version, CancellationToken cancellationToken);

    /// <summary>Ends all rounds and erases the newest, the stream is being deleted; called again, forgets the stream.</summary>
    [Alias("Delete")]
    Task DeleteAsync();
}
