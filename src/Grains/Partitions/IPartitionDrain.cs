namespace DagmmStream.Grains.Partitions;

/// <summary>The silo's own call to its partitions before it stops.</summary>
[Alias("dagmm.partition-drain")]
internal interface IPartitionDrain : IGrainWithStringKey
{
    /// <summary>Refuses new events, trains what is queued, and writes a checkpoint.</summary>
    [Alias("Drain")]
    Task DrainAsync(CancellationToken cancellationToken);

    /// <summary>Goes on on another silo; what is kept in memory only is trained first, what is journaled goes along.</summary>
    /// <param name="silo">Where to.</param>
    /// <param name="cancellationToken">Ends the wait for training.</param>
    [Alias("HandOver")]
    Task HandOverAsync(SiloAddress silo, CancellationToken cancellationToken);

    /// <summary>
    /// Goes on on another silo as soon as the calls that run have ended, taking the working state along and, of a stream without a journal,
    /// the accepted events beyond it.
    /// </summary>
    /// <param name="silo">Where to; nothing happens if it is there already.</param>
    [Alias("Move")]
    Task MoveAsync(SiloAddress silo);
}
