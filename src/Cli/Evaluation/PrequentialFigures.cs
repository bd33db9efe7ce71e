using DagmmStream.Cli.Terminal;
using DagmmStream.Modeling.Evaluation;

namespace DagmmStream.Cli.Evaluation;

/// <summary>The figures of one pass over a stream.</summary>
internal sealed record PrequentialFigures
{
    private const double Permille = 0.001;
    private const double Percent = 0.01;

    public required double? RocAuc { get; init; }

    public required double? AveragePrecision { get; init; }

    public double? Ks { get; init; }

    public double? AlarmsPermille { get; init; }

    public double? AlarmsPercent { get; init; }

    /// <summary>Ranking figures of scores after the warm-up.</summary>
    public static PrequentialFigures Of(double[] scores, bool[] anomalies, int warmUp) => new()
    {
        RocAuc = CliJson.Number(RankingMetrics.RocAuc(scores.AsSpan(warmUp), anomalies.AsSpan(warmUp))),
        AveragePrecision = CliJson.Number(RankingMetrics.AveragePrecision(scores.AsSpan(warmUp), anomalies.AsSpan(warmUp))),
    };

    /// <summary>Ranking figures and, of the normal events, how uniform their p-values are.</summary>
    public static PrequentialFigures Of(PrequentialRun run, bool[] anomalies, int warmUp)
    {
        var normal = run.PValues.Where((_, i) => i >= warmUp && !anomalies[i]).Order().ToArray();
        double? Share(double rate) => normal.Length == 0 ? null : (double)normal.Count(p => p <= rate) / normal.Length;
        return Of(run.Scores, anomalies, warmUp) with
        {
            Ks = normal.Length == 0 ? null : Distance(normal), AlarmsPermille = Share(Permille), AlarmsPercent = Share(Percent),
        };
    }

    /// <summary>Kolmogorov–Smirnov distance of sorted p-values from uniform.</summary>
    private static double Distance(double[] sorted)
    {
        var distance = 0.0;
        for (var i = 0; i < sorted.Length; i++)
        {
            var (below, above) = (sorted[i] - ((double)i / sorted.Length), ((i + 1.0) / sorted.Length) - sorted[i]);
            distance = Math.Max(distance, Math.Max(below, above));
        }

        return distance;
    }
}
