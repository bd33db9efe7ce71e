namespace DagmmStream.Silo.Drain;

/// <summary>What has to be brought to rest before the host stops.</summary>
internal interface IDrain
{
    /// <summary>True once the drain has begun.</summary>
    bool IsDraining { get; }

    /// <summary>Stops admission, trains out and writes checkpoints.</summary>
    /// <param name="cancellationToken">Ends the wait for training.</param>
    /// <returns>Partitions that could not be drained.</returns>
    Task<int> DrainAsync(CancellationToken cancellationToken);
}
