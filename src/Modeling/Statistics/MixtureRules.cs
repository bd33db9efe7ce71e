using System.Runtime.CompilerServices;

namespace DagmmStream.Modeling.Statistics;

/// <summary>Parameters of a mixture from its statistics; see <see cref="Specification.CovarianceRule"/> for the formulas.</summary>
internal static class MixtureRules
{
    private const double PseudoCount = 0.01;
    private const double VarianceFloor = 1e-10;
    private const double Ridge = 1e-4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double[] LogShares, double[] Means, double[] Covariances) Epsilon(MixtureStatistics statistics, double epsilon)
    {
        var (components, d) = (statistics.Components, statistics.Dimension);
        var logTotal = LogSum.Of(statistics.LogWeights);
        var (logShares, covariances) = (new double[components], statistics.Covariances.ToArray());
        for (var k = 0; k < components; k++)
        {
            logShares[k] = statistics.LogWeights[k] - logTotal;
            for (var j = 0; j < d; j++) covariances[(((k * d) + j) * d) + j] += epsilon;
        }

        return (logShares, statistics.Means.ToArray(), covariances);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double[] LogShares, double[] Means, double[] Covariances) Map(MixtureStatistics statistics, double priorStrength)
    {
        var (components, d) = (statistics.Components, statistics.Dimension);
        var (pooledMean, pooledVariance) = Pooled(statistics);
        var (logShares, means, covariances) = (new double[components], new double[components * d], new double[components * d * d]);
        var total = 0.0;
        foreach (var logWeight in statistics.LogWeights) total += Math.Exp(logWeight);
        for (var k = 0; k < components; k++)
        {
            var count = Math.Exp(statistics.LogWeights[k]);
            logShares[k] = Math.Log((count + PseudoCount) / (total + (PseudoCount * components)));
            // The component and a pseudo-count at the pooled mean, as one weighted pair: centred, so nothing cancels.
            var own = count / (count + PseudoCount);
            var prior = priorStrength * d / ((priorStrength * d) + count);
            // Without prior and without rows nothing is known but the pooled variance.
            if (double.IsNaN(prior)) prior = 1;
            var mean = statistics.Means.Slice(k * d, d);
            for (var i = 0; i < d; i++)
            {
                means[(k * d) + i] = pooledMean[i] + (own * (mean[i] - pooledMean[i]));
                for (var j = 0; j < d; j++)
                {
                    var at = (((k * d) + i) * d) + j;
                    var between = own * (1 - own) * (mean[i] - pooledMean[i]) * (mean[j] - pooledMean[j]);
                    covariances[at] = (1 - prior) * ((own * statistics.Covariances[at]) + between);
                    if (i == j) covariances[at] += (prior + Ridge) * pooledVariance[i];
                }
            }
        }

        return (logShares, means, covariances);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double[] Mean, double[] Variance) Pooled(MixtureStatistics statistics)
    {
        var d = statistics.Dimension;
        var (mean, variance) = (new double[d], new double[d]);
        var logTotal = LogSum.Of(statistics.LogWeights);
        for (var k = 0; k < statistics.Components; k++)
            DenseMath.AddScaled(mean, statistics.Means.Slice(k * d, d), Math.Exp(statistics.LogWeights[k] - logTotal));
        for (var k = 0; k < statistics.Components; k++)
        for (var j = 0; j < d; j++)
        {
            var deviation = statistics.Means[(k * d) + j] - mean[j];
            variance[j] += Math.Exp(statistics.LogWeights[k] - logTotal)
                * (statistics.Covariances[(((k * d) + j) * d) + j] + (deviation * deviation));
        }

        for (var j = 0; j < d; j++) variance[j] = Math.Max(variance[j], VarianceFloor);
        return (mean, variance);
    }
}
