using DagmmStream.Modeling.Evaluation;

namespace DagmmStream.Cli.Replay;

/// <summary>Labels, times and scores of the events of a file, by sequence.</summary>
internal sealed class ReplayScores
{
    private static readonly EventScore Missing = new(-1, 0, -1, double.NaN, double.NaN, 1, Verdict.WarmingUp, 0);
    private readonly List<bool> _labels = [];
    private readonly List<long> _times = [];
    private readonly List<EventScore> _scores = [];
    private readonly Lock _gate = new();

    public int Count
    {
        // The reader adds while acknowledgements of earlier events arrive.
        get
        {
            lock (_gate) return _scores.Count;
        }
    }

    public void Add(bool label, DateTimeOffset time)
    {
        lock (_gate)
        {
            _labels.Add(label);
            _times.Add((time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
            _scores.Add(Missing);
        }
    }

    /// <summary>Takes a score if it belongs to an event of the file (another producer's has another time or sequence).</summary>
    public void Set(in EventScore score)
    {
        lock (_gate)
        {
            if (score.Offset < 0 || score.Sequence < 0 || score.Sequence >= _scores.Count) return;
            var index = (int)score.Sequence;
            if (_times[index] == score.Time && _scores[index].Offset < 0) _scores[index] = score;
        }
    }

    public bool IsMissing(int index)
    {
        lock (_gate) return _scores[index].Offset < 0;
    }

    public (double RocAuc, double AveragePrecision) Evaluate()
    {
        lock (_gate)
        {
            var judged = Enumerable.Range(0, _scores.Count)
                .Where(i => _scores[i].Verdict != Verdict.WarmingUp && !double.IsNaN(_scores[i].Score)).ToArray();
            var scores = Array.ConvertAll(judged, i => _scores[i].Score);
            var labels = Array.ConvertAll(judged, i => _labels[i]);
            return (RankingMetrics.RocAuc(scores, labels), RankingMetrics.AveragePrecision(scores, labels));
        }
    }

    public IEnumerable<(EventScore Score, bool Label)> Rows() => _scores.Select((score, i) => (score, _labels[i]));
}
