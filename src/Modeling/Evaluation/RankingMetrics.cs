namespace DagmmStream.Modeling.Evaluation;

/// <summary>How well scores rank anomalies above normal events. Higher score = more anomalous; equal scores are one threshold.</summary>
public static class RankingMetrics
{
    /// <summary>
    /// Area under the receiver operating characteristic: the probability that an anomaly scores above a normal event, ties counted half
    /// (the Mann-Whitney statistic; Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 2006).
    /// </summary>
    /// <param name="scores">Scores [n]; infinite ones are allowed.</param>
    /// <param name="anomalies">True where the event is an anomaly [n].</param>
    /// <returns>0 to 1; NaN when one of the two classes is absent.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double RocAuc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> anomalies)
    {
        var order = Descending(scores, anomalies);
        // Pairs (anomaly, normal event) that are ranked right, in halves: integers, so that the sum is exact.
        Int128 halves = 0;
        long positives = 0, negatives = 0;
        for (var i = 0; i < order.Length;)
        {
            var (tiedPositives, tiedNegatives, next) = Tie(scores, anomalies, order, i);
            halves += (Int128)tiedNegatives * ((2 * positives) + tiedPositives);
            positives += tiedPositives;
            negatives += tiedNegatives;
            i = next;
        }

        return positives == 0 || negatives == 0 ? double.NaN : (double)halves / 2 / ((double)positives * negatives);
    }

    /// <summary>
    /// Average precision: sum over the distinct thresholds of (R_i - R_(i-1)) P_i, without interpolation
    /// (Manning, Raghavan, Schütze, "Introduction to Information Retrieval", section 8.4).
    /// </summary>
    /// <param name="scores">Scores [n]; infinite ones are allowed.</param>
    /// <param name="anomalies">True where the event is an anomaly [n].</param>
    /// <returns>0 to 1; NaN when there is no anomaly.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> anomalies)
    {
        var order = Descending(scores, anomalies);
        long positives = 0;
        var sum = 0.0;
        for (var i = 0; i < order.Length;)
        {
            var (tiedPositives, _, next) = Tie(scores, anomalies, order, i);
            positives += tiedPositives;
            sum += tiedPositives * ((double)positives / next);
            i = next;
        }

        return positives == 0 ? double.NaN : sum / positives;
    }

    private static int[] Descending(ReadOnlySpan<double> scores, ReadOnlySpan<bool> anomalies)
    {
        if (scores.Length != anomalies.Length)
            throw new ArgumentException($"{scores.Length} scores and {anomalies.Length} labels: one label per score", nameof(anomalies));
        var keys = new double[scores.Length];
        var order = new int[scores.Length];
        for (var i = 0; i < order.Length; i++)
        {
            if (double.IsNaN(scores[i])) throw new ArgumentException($"score {i} is NaN: leave unscored events out", nameof(scores));
            keys[i] = -scores[i];
            order[i] = i;
        }

        Array.Sort(keys, order);
        return order;
    }

    private static (long Positives, long Negatives, int Next) Tie(
        ReadOnlySpan<double> scores, ReadOnlySpan<bool> anomalies, int[] order, int start)
    {
        long positives = 0;
        var next = start;
        for (; next < order.Length && scores[order[next]].Equals(scores[order[start]]); next++)
            if (anomalies[order[next]]) positives++;
        return (positives, next - start - positives, next);
    }
}
