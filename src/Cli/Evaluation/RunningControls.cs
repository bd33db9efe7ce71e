using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Cli.Evaluation;

/// <summary>
/// Two detectors of a few lines that know all events so far, each scored before it is counted. They beat most published detectors on common
/// streams (docs/benchmarks/quality.md), so every figure of ours stands beside them.
/// </summary>
internal static class RunningControls
{
    // Below these a feature that has been constant so far would give infinite scores.
    private const double SmallestDeviation = 1e-9;
    private const double Ridge = 1e-6;

    /// <summary>The largest absolute z-score of an event's features under running mean and standard deviation.</summary>
    public static double[] MaxZ(LabelledData data)
    {
        var d = data.Features;
        var (scores, mean, squares) = (new double[data.Count], new double[d], new double[d]);
        for (var i = 0; i < data.Count; i++)
        for (var j = 0; j < d; j++)
        {
            double value = data.Rows[(i * d) + j];
            var deviation = i == 0 ? 0 : Math.Sqrt(squares[j] / i);
            if (i > 0) scores[i] = Math.Max(scores[i], Math.Abs(value - mean[j]) / (deviation + SmallestDeviation));
            var delta = value - mean[j];
            mean[j] += delta / (i + 1);
            squares[j] += delta * (value - mean[j]);
        }

        return scores;
    }

    /// <summary>Mahalanobis distance under running mean and covariance, with a small share of the variances on the diagonal.</summary>
    public static double[] Mahalanobis(LabelledData data)
    {
        var d = data.Features;
        var (scores, mean, scatter) = (new double[data.Count], new double[d], new double[d * d]);
        var (delta, rest, covariance) = (new double[d], new double[d], new double[d * d]);
        for (var i = 0; i < data.Count; i++)
        {
            for (var j = 0; j < d; j++) delta[j] = data.Rows[(i * d) + j] - mean[j];
            if (i > 1) scores[i] = Distance(delta, scatter, i, covariance);
            for (var j = 0; j < d; j++)
            {
                mean[j] += delta[j] / (i + 1);
                rest[j] = data.Rows[(i * d) + j] - mean[j];
            }

            for (var a = 0; a < d; a++)
                for (var b = 0; b <= a; b++) scatter[(a * d) + b] += delta[a] * rest[b];
        }

        return scores;
    }

    private static double Distance(double[] delta, double[] scatter, int count, double[] covariance)
    {
        var d = delta.Length;
        for (var a = 0; a < d; a++)
        {
            for (var b = 0; b <= a; b++) covariance[(a * d) + b] = scatter[(a * d) + b] / count;
            covariance[(a * d) + a] += (Ridge * covariance[(a * d) + a]) + (SmallestDeviation * SmallestDeviation);
        }

        var factor = CholeskyFactor.Create(covariance, d, out _);
        return factor is null ? double.MaxValue : factor.SquaredLength([.. delta]);
    }
}
