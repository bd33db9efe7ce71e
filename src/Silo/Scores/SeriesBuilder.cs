namespace DagmmStream.Silo.Scores;

/// <summary>Reduces scores to the lowest and highest of every column.</summary>
/// <param name="perColumn">Events per column; 1 keeps every event.</param>
/// <param name="partition">The partition.</param>
/// <param name="mostAnomalies">Anomalies kept; the oldest leave first.</param>
internal sealed class SeriesBuilder(long perColumn, int partition, int mostAnomalies)
{
    private const int MostSnapshots = 200;
    private const double MicrosecondsPerMillisecond = 1000;
    private readonly List<EventScore> _points = [];
    private readonly Queue<EventScore> _anomalies = [];
    private readonly Queue<EventScore> _snapshots = [];
    private EventScore? _low;
    private EventScore? _high;
    private EventScore? _last;
    private long _inColumn;
    private long _version = -1;

    public void Add(in EventScore score)
    {
        if (score.Verdict == Verdict.Anomalous) Keep(_anomalies, score, mostAnomalies);
        if (score.SnapshotVersion != _version && _version >= 0) Keep(_snapshots, score, MostSnapshots);
        _version = score.SnapshotVersion;
        _last = score;

        // A score that is no number yet is drawn as a gap.
        if (_low is not { } low || double.IsNaN(low.Score) || score.Score < low.Score) _low = score;
        if (_high is not { } high || double.IsNaN(high.Score) || score.Score > high.Score) _high = score;
        if (++_inColumn >= perColumn) Flush();
    }

    public ScoreSeries Build(long from, long to, long first)
    {
        Flush();
        // A chart ends where its events end, though the newest may be neither the lowest nor the highest of its column.
        if (_last is { } last && _points[^1].Offset != last.Offset) _points.Add(last);
        return new ScoreSeries
        {
            From = from,
            To = to,
            FirstOffset = first,
            EventsPerColumn = perColumn,
            Offset = [.. _points.Select(point => point.Offset)],
            Time = [.. _points.Select(Milliseconds)],
            Energy = [.. _points.Select(point => point.Energy)],
            Score = [.. _points.Select(point => point.Score)],
            Anomalies = [.. _anomalies.Select(score => ScoreView.Of(partition, score))],
            Snapshots = [.. _snapshots.Select(score => new SnapshotChange(score.Offset, Milliseconds(score), score.SnapshotVersion))],
        };
    }

    private void Flush()
    {
        if (_low is not { } low || _high is not { } high) return;
        var (earlier, later) = low.Offset <= high.Offset ? (low, high) : (high, low);
        _points.Add(earlier);
        if (later.Offset != earlier.Offset) _points.Add(later);
        (_low, _high, _inColumn) = (null, null, 0);
    }

    private static double Milliseconds(EventScore score) => score.Time / MicrosecondsPerMillisecond;

    private static void Keep(Queue<EventScore> queue, in EventScore score, int most)
    {
        queue.Enqueue(score);
        if (queue.Count > most) queue.Dequeue();
    }
}
