namespace DagmmStream.Grains.Alerts;

/// <summary>Notices that a stream has no events any more, and that they are back. Knows time only as it is told.</summary>
/// <param name="partition">The partition that watches for its stream.</param>
internal sealed class SilenceMachine(PartitionId partition)
{
    /// <summary>The silence that goes on; null when there is none.</summary>
    public AlertEpisode? Open { get; set; }

    /// <summary>What changes by now. Nothing is kept until the caller has stored it and sets <see cref="Open"/>.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="lastArrival">When the newest event arrived, or, before one did, when the watch began.</param>
    /// <param name="now">The time.</param>
    /// <returns>The beginning or the end of a silence; null for neither.</returns>
    public EpisodeChange? Check(AlertPolicy policy, DateTimeOffset lastArrival, DateTimeOffset now)
    {
        var arrived = Microseconds(lastArrival);
        if (Open is { } open)
        {
            if (arrived > open.StartTime) return End(open, arrived);
            return policy.Silence == TimeSpan.Zero ? End(open, Microseconds(now)) : null;
        }

        if (policy.Silence == TimeSpan.Zero || now - lastArrival < policy.Silence) return null;
        var silence = new AlertEpisode
        {
            Id = EpisodeId.Of(partition, AlertKind.Silence, -1, arrived),
            Stream = partition.Stream,
            Partition = partition.Partition,
            Kind = AlertKind.Silence,
            State = AlertState.Raised,
            StartTime = arrived,
            StartOffset = -1,
            LastTime = Microseconds(now),
            LastOffset = -1,
            AnomalousEvents = 0,
            Attributes = policy.Attributes,
        };
        return new EpisodeChange(silence, AlertTransition.Raised);
    }

    private static EpisodeChange End(AlertEpisode open, long at) => new(
        open with { State = AlertState.Ended, LastTime = Math.Max(open.StartTime, at) }, AlertTransition.Ended);

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
