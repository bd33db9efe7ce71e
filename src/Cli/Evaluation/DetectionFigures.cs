using DagmmStream.Modeling.Evaluation;

namespace DagmmStream.Cli.Evaluation;

/// <summary>How well scores find the anomalies of a test set; the share with the highest scores is flagged.</summary>
/// <param name="Precision">Share of the flagged rows that are anomalies.</param>
/// <param name="Recall">Share of the anomalies that are flagged.</param>
/// <param name="F1">Harmonic mean of both.</param>
/// <param name="RocAuc">Area under the ROC curve.</param>
/// <param name="AveragePrecision">Average precision.</param>
internal sealed record DetectionFigures(double? Precision, double? Recall, double? F1, double? RocAuc, double? AveragePrecision)
{
    public static DetectionFigures Of(double[] scores, bool[] anomalies, double flaggedShare)
    {
        var flagged = (int)Math.Round(flaggedShare * scores.Length);
        // Stable: of equal scores the earlier row is flagged, whatever its label.
        var order = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(flagged).ToArray();
        double hits = order.Count(i => anomalies[i]);
        double positives = anomalies.Count(anomaly => anomaly);
        return new DetectionFigures(
            Number(hits / flagged), Number(hits / positives), Number(2 * hits / (flagged + positives)),
            Number(RankingMetrics.RocAuc(scores, anomalies)), Number(RankingMetrics.AveragePrecision(scores, anomalies)));
    }

    /// <summary>Mean, and standard deviation of the population, over several.</summary>
    public static (DetectionFigures Mean, DetectionFigures Deviation) Summarise(IReadOnlyList<DetectionFigures> all)
    {
        DetectionFigures Each(Func<IEnumerable<double?>, double?> figure) => new(
            figure(all.Select(one => one.Precision)), figure(all.Select(one => one.Recall)), figure(all.Select(one => one.F1)),
            figure(all.Select(one => one.RocAuc)), figure(all.Select(one => one.AveragePrecision)));
        return (Each(values => Spread.Of(values).Mean), Each(values => Spread.Of(values).Deviation));
    }

    private static double? Number(double value) => double.IsFinite(value) ? value : null;
}
