namespace DagmmStream.Silo.Live;

/// <summary>Makes columns of scores, and fewer points of many.</summary>
internal static class LiveColumns
{
    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>Makes columns.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="scores">Its new scores; not empty.</param>
    /// <param name="view">How much of them.</param>
    public static LiveBatch Of(PartitionId partition, ScoreBlock scores, LiveView view)
    {
        var (first, last) = (scores[0], scores[scores.Count - 1]);
        IReadOnlyList<EventScore> kept = view.Points is { } most && scores.Count > most ? Thin(scores, most) : All(scores);
        return new LiveBatch
        {
            Stream = partition.Stream,
            Partition = partition.Partition,
            Events = scores.Count,
            FirstOffset = first.Offset,
            NextOffset = last.Offset + 1,
            Offset = [.. kept.Select(score => score.Offset)],
            Time = [.. kept.Select(score => score.Time / MicrosecondsPerMillisecond)],
            Energy = [.. kept.Select(score => score.Energy)],
            Score = [.. kept.Select(score => score.Score)],
            PValue = [.. kept.Select(score => score.PValue)],
            Verdict = [.. kept.Select(score => (int)score.Verdict)],
            Sequence = view.IsFull ? [.. kept.Select(score => score.Sequence)] : null,
            Flags = view.IsFull ? [.. kept.Select(score => (int)score.Flags)] : null,
            Snapshot = view.IsFull ? [.. kept.Select(score => score.SnapshotVersion)] : null,
            SnapshotVersion = last.SnapshotVersion,
        };
    }

    private static EventScore[] All(ScoreBlock scores)
    {
        var all = new EventScore[scores.Count];
        for (var i = 0; i < all.Length; i++) all[i] = scores[i];
        return all;
    }

    /// <summary>The lowest and the highest of every stretch, every anomaly, and the newest event: a chart ends where its stream
    /// does.</summary>
    private static List<EventScore> Thin(ScoreBlock scores, int most)
    {
        var stretch = Math.Max(1, 2 * scores.Count / Math.Max(2, most));
        var kept = new List<EventScore>(most);
        for (var start = 0; start < scores.Count; start += stretch)
        {
            var end = Math.Min(scores.Count, start + stretch);
            var (low, high) = (start, start);
            for (var i = start + 1; i < end; i++)
            {
                if (scores[i].Score < scores[low].Score) low = i;
                if (scores[i].Score > scores[high].Score) high = i;
            }

            for (var i = start; i < end; i++)
                if (i == low || i == high || i == scores.Count - 1 || scores[i].Verdict == Verdict.Anomalous) kept.Add(scores[i]);
        }

        return kept;
    }
}
