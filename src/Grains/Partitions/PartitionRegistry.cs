using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DagmmStream.Grains.Partitions;

/// <summary>The partitions that are active on this silo, and their drain before the silo stops.</summary>
/// <param name="grains">Finds the partitions.</param>
/// <param name="logger">Log.</param>
public sealed partial class PartitionRegistry(IGrainFactory grains, ILogger<PartitionRegistry> logger)
{
    private readonly ConcurrentDictionary<PartitionId, byte> _active = new();
    private volatile bool _draining;

    /// <summary>True once the drain has begun: partitions of this silo refuse events from then on.</summary>
    public bool IsDraining => _draining;

    /// <summary>Active partitions.</summary>
    public int Count => _active.Count;

    /// <summary>
    /// Stops admission on this silo, trains out what is queued, and writes a checkpoint of every active partition. What cannot be trained
    /// in
    /// time stays in the journal. Call it before the host stops Orleans; deactivation alone is best effort.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait for training; checkpoints are then written where training stands.</param>
    /// <returns>Partitions that could not be drained; their journal has what their checkpoint lacks.</returns>
    public async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        var partitions = _active.Keys.ToArray();
        LogDraining(partitions.Length);
        var drained = await Task.WhenAll(partitions.Select(partition => TryDrainAsync(partition, cancellationToken)));
        return drained.Count(done => !done);
    }

    /// <summary>Asks partitions of this silo to go on on another one.</summary>
    /// <param name="count">How many.</param>
    /// <param name="silo">Where to.</param>
    /// <returns>Completes when they have been asked.</returns>
    public Task MoveAsync(int count, SiloAddress silo) => Task.WhenAll(
        _active.Keys.Take(count).Select(partition => grains.GetGrain<IPartitionDrain>(partition.ToString()).MoveAsync(silo)));

    internal void Add(PartitionId partition) => _active[partition] = 0;

    internal void Remove(PartitionId partition) => _active.TryRemove(partition, out _);

    private async Task<bool> TryDrainAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<IPartitionDrain>(partition.ToString()).DrainAsync(cancellationToken);
            return true;
        }
        catch (Exception exception)
        {
            // The journal keeps what this partition had accepted: report and go on with the others.
            LogDrainFailed(exception, partition);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining {Count} partitions")]
    private partial void LogDraining(int count);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Partition {Partition} could not be drained; its journal keeps what it had accepted")]
    private partial void LogDrainFailed(Exception exception, PartitionId partition);
}
