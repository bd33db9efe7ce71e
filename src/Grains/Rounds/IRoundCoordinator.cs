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

    /// <summary>Ends all rounds and erases the newest, the stream is being deleted; called again, forgets the stream.</summary>
    [Alias("Delete")]
    Task DeleteAsync();
}
