using DagmmStream.Cli.Evaluation;
using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Cli.Experiments;

/// <summary>How well the number of clusters is chosen from the data, and what surplus components do that are kept.</summary>
internal static class ClusterNumber
{
    /// <summary>True clusters go from 1 to this.</summary>
    public const int LargestTruth = 6;

    // Means stand on a hexagon around the first: neighbours are this far apart, in deviations of a round cluster of variance 1.
    private const double Spacing = 6;
    private const double SmallestVariance = 0.3;
    private const double LargestVariance = 2;

    /// <summary>Fits fresh samples of 1 to 6 clusters.</summary>
    /// <param name="components">Components given.</param>
    /// <param name="firstSeed">First seed.</param>
    /// <param name="seeds">Samples per number of clusters.</param>
    /// <param name="token">Stops it.</param>
    /// <returns>One row per number of clusters.</returns>
    public static ClusterNumberResult Run(int components, int firstSeed, int seeds, CancellationToken token) =>
        new(components, seeds, [.. Enumerable.Range(1, LargestTruth).Select(k => RunClusters(k, components, firstSeed, seeds, token))]);

    /// <summary>A mixture of so many clusters of random shapes and shares.</summary>
    public static PlaneMixture TruthOf(int clusters, int seed)
    {
        var random = new CounterRandom((ulong)seed, RandomPurpose.Sampling, ulong.MaxValue - 2 - (ulong)clusters);
        var (shares, means, covariances) = (new double[clusters], new double[clusters * 2], new double[clusters * 4]);
        for (var k = 0; k < clusters; k++)
        {
            shares[k] = 0.5 + random.NextDouble();
            var (sin, cos) = Math.SinCos(Math.PI / 3 * k);
            if (k > 0) (means[2 * k], means[(2 * k) + 1]) = (Spacing * cos, Spacing * sin);
            double Variance(ref CounterRandom source) => SmallestVariance + ((LargestVariance - SmallestVariance) * source.NextDouble());
            var covariance = PlanePoints.Rotated(Math.PI * random.NextDouble(), Variance(ref random), Variance(ref random));
            covariance.CopyTo(covariances, k * 4);
        }

        var total = shares.Sum();
        return new PlaneMixture(Array.ConvertAll(shares, share => share / total), means, covariances);
    }

    private static ClusterNumberRow RunClusters(int clusters, int components, int firstSeed, int seeds, CancellationToken token)
    {
        var (right, numbers, kept, chosen) = (0, new List<int>(), new List<ExperimentFigures>(), new List<ExperimentFigures>());
        var streams = new List<(double Live, double Cost)>();
        for (var seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
            var points = PlanePoints.Sample(TruthOf(clusters, seed), seed);
            var own = PlaneMethods.Robust(points.Training, components, choose: true, seed, token);
            chosen.Add(ExperimentFigures.Of(points, own.Labels, own.Mixture));
            numbers.Add(own.Mixture.Components);
            if (own.Mixture.Components == clusters) right++;
            var surplus = PlaneMethods.Robust(points.Training, components, choose: false, seed, token);
            kept.Add(ExperimentFigures.Of(points, surplus.Labels, surplus.Mixture));
            streams.Add(ClusterStream.Run(TruthOf(clusters, seed), components, seed, token));
        }

        double? Mean(List<ExperimentFigures> figures, Func<ExperimentFigures, double?> figure) => Spread.Of(figures.Select(figure)).Mean;
        return new ClusterNumberRow(
            clusters, right, numbers.Average(), Mean(chosen, one => one.Ari), Mean(chosen, one => one.LogLikelihoodGap),
            Mean(kept, one => one.LogLikelihoodGap), Mean(kept, one => one.LiveComponents),
            streams.Average(one => one.Live), streams.Average(one => one.Cost));
    }
}
