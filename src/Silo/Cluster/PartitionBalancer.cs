using DagmmStream.Grains.Partitions;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace DagmmStream.Silo.Cluster;

/// <summary>
/// Moves partitions from this silo to the emptiest one while this one holds clearly more than its share: after a silo has joined, or come
/// back. Every silo looks after itself; a few partitions at a time, so that two never chase each other's.
/// </summary>
internal sealed partial class PartitionBalancer(
    IGrainFactory grains, ISiloStatusOracle silos, ILocalSiloDetails self, PartitionRegistry partitions, IOptions<ClusterSettings> options,
    TimeProvider time, ILogger<PartitionBalancer> logger) : BackgroundService
{
    // A silo keeps what it has up to this multiple of its share: moving costs a checkpoint, and shares need not be equal.
    private const double Tolerance = 1.2;

    // Moved at a time: each is away for some ten milliseconds.
    private const int MostMoves = 32;

    // Orleans' name of the partition grain's class, as its statistics write it.
    private static readonly string GrainClass = typeof(PartitionRegistry).Namespace + ".PartitionGrain";

    /// <summary>How many partitions a silo should give away, and to whom.</summary>
    /// <param name="counts">Partitions per silo, of all active silos.</param>
    /// <param name="self">The silo that asks.</param>
    /// <returns>Zero when it holds no more than its share allows.</returns>
    public static (int Count, SiloAddress Target) Plan(IReadOnlyDictionary<SiloAddress, int> counts, SiloAddress self)
    {
        var mine = counts.GetValueOrDefault(self);
        var share = counts.Values.Sum() / (double)Math.Max(1, counts.Count);
        var (target, least) = counts.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key).FirstOrDefault();
        if (target is null || target.Equals(self) || mine <= (share * Tolerance) + 1) return (0, self);
        return (Math.Min(MostMoves, (int)Math.Min(mine - share, share - least)), target);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.BalanceInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await BalanceAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException or InvalidOperationException)
            {
                // A silo that is just dying cannot be counted; the next round finds it gone.
                LogFailed(exception);
            }
        }
    }

    private async Task BalanceAsync()
    {
        if (partitions.IsDraining || partitions.Count == 0) return;
        var active = silos.GetApproximateSiloStatuses(onlyActive: true).Keys;
        var counts = active.ToDictionary(silo => silo, _ => 0);
        if (counts.Count < 2 || !counts.ContainsKey(self.SiloAddress)) return;
        foreach (var statistic in await grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics([.. active]))
            if (statistic.GrainType.StartsWith(GrainClass, StringComparison.Ordinal) && counts.ContainsKey(statistic.SiloAddress))
                counts[statistic.SiloAddress] += statistic.ActivationCount;
        var (count, target) = Plan(counts, self.SiloAddress);
        if (count == 0) return;
        LogMoving(count, partitions.Count, target);
        await partitions.MoveAsync(count, target);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Moving {Count} of {Held} partitions to silo {Target}, which has fewer")]
    private partial void LogMoving(int count, int held, SiloAddress target);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Partitions could not be counted; trying again later")]
    private partial void LogFailed(Exception exception);
}
