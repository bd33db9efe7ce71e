namespace DagmmStream.Grains.Alerts;

/// <summary>
/// Gathers the anomalous events of one partition into episodes. What it becomes is a function of the scores, in offset order, and of the
/// policy: not of time, threads or batches. At most one episode is open, and every anomalous event belongs to one.
/// </summary>
/// <param name="partition">The partition.</param>
/// <param name="policy">The policy.</param>
internal sealed class EpisodeMachine(PartitionId partition, AlertPolicy policy)
{
    private readonly List<EpisodeChange> _changes = [];
    private int _calm;
    private bool _isDirty;

    /// <summary>The policy; a new one decides from the next event on.</summary>
    public AlertPolicy Policy { get; set; } = policy;

    /// <summary>The episode that goes on; null when there is none.</summary>
    public AlertEpisode? Open { get; private set; }

    /// <summary>Goes on with an episode that was open before; the scores behind its newest event must be observed next.</summary>
    public void Resume(AlertEpisode episode) => (Open, _calm) = (episode, 0);

    /// <summary>Takes scores in offset order.</summary>
    /// <param name="scores">The scores.</param>
    /// <returns>What they changed: every beginning and end, and the last state of an episode that goes on.</returns>
    public IReadOnlyList<EpisodeChange> Observe(ScoreBlock scores)
    {
        _changes.Clear();
        _isDirty = false;
        for (var i = 0; i < scores.Count; i++) Observe(scores[i]);
        if (_isDirty) Add(Open!, AlertTransition.Updated);
        return [.. _changes];
    }

    private void Observe(in EventScore score)
    {
        var isAnomalous = score.Verdict == Verdict.Anomalous;
        if (Open is null)
        {
            if (isAnomalous) Begin(score);
        }
        else if (isAnomalous || Holds(score))
        {
            Extend(Open, score, isAnomalous);
        }
        else if (++_calm >= Policy.CloseAfterEvents && score.Time - Open.LastTime >= Microseconds(Policy.CloseAfter))
        {
            End(Open);
        }
    }

    private void Begin(in EventScore score)
    {
        _calm = 0;
        Keep(new AlertEpisode
        {
            Id = EpisodeId.Of(partition, AlertKind.Anomaly, score.Offset, score.Time),
            Stream = partition.Stream,
            Partition = partition.Partition,
            Kind = AlertKind.Anomaly,
            State = AlertState.Pending,
            StartTime = score.Time,
            StartOffset = score.Offset,
            LastTime = score.Time,
            LastOffset = score.Offset,
            AnomalousEvents = 1,
            Peak = PeakOf(score),
            Attributes = Policy.Attributes,
        });
    }

    private void Extend(AlertEpisode episode, in EventScore score, bool isAnomalous)
    {
        _calm = 0;
        Keep(episode with
        {
            // Events may come out of order; an episode never ends before it began.
            LastTime = Math.Max(episode.LastTime, score.Time),
            LastOffset = score.Offset,
            AnomalousEvents = episode.AnomalousEvents + (isAnomalous ? 1 : 0),
            Peak = score.Score > episode.Peak!.Score ? PeakOf(score) : episode.Peak,
        });
    }

    private void Keep(AlertEpisode episode)
    {
        var isAlert = episode.State == AlertState.Pending && episode.AnomalousEvents >= Policy.MinEvents
            && episode.LastTime - episode.StartTime >= Microseconds(Policy.MinDuration);
        Open = isAlert ? episode with { State = AlertState.Raised } : episode;
        if (isAlert) Add(Open, AlertTransition.Raised);
        else _isDirty = true;
    }

    private void End(AlertEpisode episode)
    {
        Open = null;
        if (episode.State == AlertState.Raised) Add(episode with { State = AlertState.Ended }, AlertTransition.Ended);
        else Add(episode with { State = AlertState.Passed }, AlertTransition.Updated);
    }

    private void Add(AlertEpisode episode, AlertTransition transition)
    {
        _changes.Add(new EpisodeChange(episode, transition));
        _isDirty = false;
    }

    // What a rule or a label made normal holds nothing open.
    private bool Holds(in EventScore score) =>
        score.Verdict == Verdict.Normal && score.PValue <= Policy.HoldPValue && !score.Flags.HasFlag(EventFlags.Suppressed);

    private static AlertPeak PeakOf(in EventScore score) => new(score.Offset, score.Time, score.Energy, score.Score, score.PValue);

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
