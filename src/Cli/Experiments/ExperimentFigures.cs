namespace DagmmStream.Cli.Experiments;

/// <summary>How well one method reproduced the distribution.</summary>
/// <param name="Ari">Adjusted Rand index of the training points.</param>
/// <param name="Nmi">Normalised mutual information.</param>
/// <param name="MuRmse">Root mean squared distance of matched means.</param>
/// <param name="SigmaError">Mean relative Frobenius error of matched covariances.</param>
/// <param name="PhiError">L1 distance of the shares; unmatched ones count whole.</param>
/// <param name="W2">Mean 2-Wasserstein distance of matched components (Bures).</param>
/// <param name="LogLikelihoodGap">Mean held-out log-likelihood of the truth minus that of the mixture, nats.</param>
/// <param name="LiveComponents">Components with at least 1 % of the points.</param>
internal sealed record ExperimentFigures(
    double? Ari, double? Nmi, double? MuRmse, double? SigmaError, double? PhiError, double? W2, double? LogLikelihoodGap,
    double? LiveComponents)
{
    private const double LiveShare = 0.01;

    public static ExperimentFigures Of(PlanePoints points, int[] labels, PlaneMixture found)
    {
        var (truth, ari) = (points.Truth, ClusterAgreement.AdjustedRand(points.Labels, labels));
        var nmi = ClusterAgreement.MutualInformation(points.Labels, labels);
        if (found.Components == 0) return new ExperimentFigures(ari, nmi, null, null, null, null, null, 0);
        var cost = new double[truth.Components, found.Components];
        for (var i = 0; i < truth.Components; i++)
            for (var j = 0; j < found.Components; j++) cost[i, j] = truth.SquaredDistance(i, found, j);
        var pairs = ClusterAgreement.Match(cost).Select((j, i) => (I: i, J: j)).Where(pair => pair.J >= 0).ToArray();
        return new ExperimentFigures(
            ari, nmi, Math.Sqrt(pairs.Average(pair => truth.SquaredMeanDistance(pair.I, found, pair.J))),
            pairs.Average(pair => SigmaErrorOf(truth, pair.I, found, pair.J)), PhiErrorOf(truth, found, pairs),
            pairs.Average(pair => Math.Sqrt(cost[pair.I, pair.J])),
            truth.LogLikelihood(points.HeldOut) - found.LogLikelihood(points.HeldOut), found.Shares.Count(share => share >= LiveShare));
    }

    /// <summary>The figures by one aggregate over many.</summary>
    public static ExperimentFigures Each(IReadOnlyList<ExperimentFigures> all, Func<IEnumerable<double?>, double?> figure) => new(
        figure(all.Select(one => one.Ari)), figure(all.Select(one => one.Nmi)), figure(all.Select(one => one.MuRmse)),
        figure(all.Select(one => one.SigmaError)), figure(all.Select(one => one.PhiError)), figure(all.Select(one => one.W2)),
        figure(all.Select(one => one.LogLikelihoodGap)), figure(all.Select(one => one.LiveComponents)));

    private static double SigmaErrorOf(PlaneMixture truth, int i, PlaneMixture found, int j)
    {
        var (difference, size) = (0.0, 0.0);
        for (var e = 0; e < 4; e++)
        {
            difference += Math.Pow(truth.Covariances[(i * 4) + e] - found.Covariances[(j * 4) + e], 2);
            size += Math.Pow(truth.Covariances[(i * 4) + e], 2);
        }

        return Math.Sqrt(difference / size);
    }

    private static double PhiErrorOf(PlaneMixture truth, PlaneMixture found, (int I, int J)[] pairs) =>
        pairs.Sum(pair => Math.Abs(truth.Shares[pair.I] - found.Shares[pair.J]))
        + truth.Shares.Where((_, i) => pairs.All(pair => pair.I != i)).Sum()
        + found.Shares.Where((_, j) => pairs.All(pair => pair.J != j)).Sum();
}
