using DagmmStream.Modeling.Evaluation;
using DagmmStream.Modeling.Scoring;

namespace DagmmStream.Cli.Evaluation;

/// <summary>
/// Burst: how differently the same normal events are ranked before and after it. Long fault: whether scores hold until its end.
/// Regime: when its events are accepted.
/// </summary>
internal sealed class SyntheticCheck(SyntheticStream stream) : ISyntheticCheck
{
    private const int ProbeCount = 2000;

    // A regime counts as accepted once its events' median p-value over a stretch is that of ordinary events.
    private const double OrdinaryPValue = 0.05;
    private const int Stretch = 128;
    private readonly float[] _probes = stream.Probes(ProbeCount);
    private readonly EnergyScorer _scorer = new();
    private double[]? _before;
    private double[]? _after;

    public void Learned(int learned, ModelSnapshot? snapshot)
    {
        if (stream.Kind != SyntheticKind.Burst || snapshot is null) return;
        if (learned <= stream.Start) _before = Score(snapshot);
        if (_after is null && learned >= stream.End) _after = Score(snapshot);
    }

    public IEnumerable<(string Name, double? Value)> Finish(PrequentialRun run) => stream.Kind switch
    {
        // A part of the stream shows nothing of what comes later.
        _ when run.Scores.Length < stream.Count => [],
        SyntheticKind.Burst => [("rankCorrelation", Spearman(_before!, _after!))],
        SyntheticKind.LongFault => [("lastThirdToFirstThird", LastToFirst(run))],
        SyntheticKind.Regime => [("acceptedAfter", AcceptedAfter(run))],
        _ => [],
    };

    private double[] Score(ModelSnapshot snapshot)
    {
        var scores = new double[ProbeCount];
        for (var i = 0; i < ProbeCount; i++)
            scores[i] = _scorer.Score(snapshot, _probes.AsSpan(i * SyntheticStream.Features, SyntheticStream.Features)).Score;
        return scores;
    }

    /// <summary>Mean score of the fault's events in its last third over that in its first; scores are those given out.</summary>
    private double? LastToFirst(PrequentialRun run)
    {
        var third = (stream.End - stream.Start) / 3;
        double Mean(int from) => Enumerable.Range(from, third).Where(i => stream.Shifted[i]).Average(i => run.Scores[i]);
        return Mean(stream.End - third) / Mean(stream.Start);
    }

    /// <summary>Events from the change until the median p-value of a stretch of shifted events is ordinary; null if it never is.</summary>
    private double? AcceptedAfter(PrequentialRun run)
    {
        var shifted = Enumerable.Range(stream.Start, stream.End - stream.Start).Where(i => stream.Shifted[i]).ToArray();
        for (var at = 0; at + Stretch <= shifted.Length; at += Stretch / 4)
        {
            var median = shifted.Skip(at).Take(Stretch).Select(i => run.PValues[i]).Order().ElementAt(Stretch / 2);
            if (median > OrdinaryPValue) return shifted[at] - stream.Start;
        }

        return null;
    }

    private static double Spearman(double[] left, double[] right)
    {
        var (a, b) = (Ranks(left), Ranks(right));
        var (mean, covariance, variance) = ((a.Length - 1) / 2.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            covariance += (a[i] - mean) * (b[i] - mean);
            variance += (a[i] - mean) * (a[i] - mean);
        }

        return covariance / variance;
    }

    private static double[] Ranks(double[] values)
    {
        var ranks = new double[values.Length];
        foreach (var (rank, index) in Enumerable.Range(0, values.Length).OrderBy(i => values[i]).Index()) ranks[index] = rank;
        return ranks;
    }
}
