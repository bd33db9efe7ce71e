using DagmmStream.Storage.Scores;
using Orleans.Runtime;

namespace DagmmStream.Silo.Streams;

/// <summary>Tells which partitions are not in memory, without bringing them there: a list must cost the streams nothing.</summary>
internal sealed class IdlePartitions(IGrainFactory grains, IScoreHistory history)
{
    // The management grain has one key.
    private const long Management = 0;

    /// <summary>The partitions that are in memory, on any silo.</summary>
    public async Task<HashSet<GrainId>> ActiveAsync(CancellationToken cancellationToken)
    {
        var type = grains.GetGrain<IPartitionGrain>(new PartitionId("any", 0).ToString()).GetGrainId().Type;
        return [.. await grains.GetGrain<IManagementGrain>(Management).GetActiveGrains(type, cancellationToken)];
    }

    /// <summary>The status of a partition that is not in memory.</summary>
    public async Task<PartitionStatus> DescribeAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var (_, next) = await history.GetRangeAsync(partition, cancellationToken);
        return new PartitionStatus
        {
            Partition = partition,
            State = PartitionState.Idle,
            Accepted = next,
            Trained = 0,
            NotLearned = 0,
            RejectedByGuard = 0,
            WarmUpSeen = 0,
            WarmUpNeeded = 0,
            Steps = 0,
            SkippedSteps = 0,
            CholeskyRepairs = 0,
            SnapshotVersion = 0,
            CheckpointOffset = 0,
            Checkpoints = 0,
            Duplicates = 0,
            Refused = 0,
            SamplingRate = 0,
            FailedPublishes = 0,
            Anomalies = 0,
        };
    }
}
