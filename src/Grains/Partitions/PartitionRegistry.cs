using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DagmmStream.Grains.Partitions;

/// <summary>The partitions that are active on this silo, and their drain before the silo stops.</summary>
/// <param name="grains">Finds the partitions.</param>
/// <param name="logger">Log.</param>
public sealed partial class PartitionRegistry(IGrainFactory grains, ILogger<PartitionRegistry> logger)
{
    // Partitions that move at once: each is away while its checkpoint is written and read, and all share the processors of this silo.
    private const int MovesAtOnce = 8;

    // A move takes some ten milliseconds; an activation that the directory has forgotten never goes, and the others must not wait for it.
    private static readonly TimeSpan MoveLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<PartitionId, TaskCompletionSource> _active = new();
    private volatile bool _draining;
    private volatile bool _closed;

    /// <summary>True once the drain has begun: the silo should get no new work.</summary>
    public bool IsDraining => _draining;

    /// <summary>True when partitions of this silo refuse events: the drain has begun, and no other silo takes them over.</summary>
    public bool IsClosed => _closed;

    /// <summary>Active partitions.</summary>
    public int Count => _active.Count;

    /// <summary>
    /// Hands the active partitions over to other silos, a few at a time; each goes on admitting events until it moves, and what it has not
    /// learned goes along in the journal. What is left, on a silo that is alone all of it, is closed, trained out and written to a
    /// checkpoint; what cannot be trained in time stays in the journal. Call it before the host stops Orleans; deactivation alone is best
    /// effort.
    /// </summary>
    /// <param name="heirs">Silos that take the partitions over, in turns; empty when this one is alone.</param>
    /// <param name="cancellationToken">Ends the waits; checkpoints are then written where training stands.</param>
    /// <returns>Partitions that could not be drained; their journal has what their checkpoint lacks.</returns>
    public async Task<int> DrainAsync(IReadOnlyList<SiloAddress> heirs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(heirs);
        _draining = true;
        LogDraining(_active.Count, heirs.Count);
        if (heirs.Count > 0) await HandOverAsync(heirs, cancellationToken);
        _closed = true;
        var drained = await Task.WhenAll(_active.Keys.Select(partition => TryDrainAsync(partition, cancellationToken)));
        return drained.Count(done => !done);
    }

    /// <summary>Asks partitions of this silo to go on on another one.</summary>
    /// <param name="count">How many.</param>
    /// <param name="silo">Where to.</param>
    /// <returns>Completes when they have been asked.</returns>
    public Task MoveAsync(int count, SiloAddress silo) => Task.WhenAll(
        _active.Keys.Take(count).Select(partition => grains.GetGrain<IPartitionDrain>(partition.ToString()).MoveAsync(silo)));

    internal void Add(PartitionId partition) =>
        _active[partition] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Remove(PartitionId partition)
    {
        if (_active.TryRemove(partition, out var gone)) gone.TrySetResult();
    }

    private async Task HandOverAsync(IReadOnlyList<SiloAddress> heirs, CancellationToken cancellationToken)
    {
        // Until Orleans stops, this silo is one like the others: what is placed here meanwhile is handed over too, once.
        const int passes = 2;
        var next = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = MovesAtOnce, CancellationToken = cancellationToken };
        for (var i = 0; i < passes && !_active.IsEmpty; i++)
            await Parallel.ForEachAsync(_active, options, async (entry, token) =>
                await TryHandOverAsync(entry.Key, entry.Value.Task, heirs[Interlocked.Increment(ref next) % heirs.Count], token));
    }

    private async Task TryHandOverAsync(PartitionId partition, Task gone, SiloAddress heir, CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<IPartitionDrain>(partition.ToString()).HandOverAsync(heir, cancellationToken);
            await gone.WaitAsync(MoveLimit, cancellationToken);

            // Calls that waited for the move are answered through this silo where it is their client's gateway: not before the partition is
            // up elsewhere may this one go.
            await grains.GetGrain<IPartitionGrain>(partition.ToString()).GetStatusAsync(cancellationToken)
                .WaitAsync(MoveLimit, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogDrainFailed(exception, partition);
        }
    }

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

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining {Count} partitions; {Heirs} silos take them over")]
    private partial void LogDraining(int count, int heirs);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Partition {Partition} could not be drained; its journal keeps what it had accepted")]
    private partial void LogDrainFailed(Exception exception, PartitionId partition);
}
