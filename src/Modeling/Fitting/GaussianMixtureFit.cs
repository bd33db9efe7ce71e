using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Fitting;

/// <summary>A Gaussian mixture by k-means-started expectation-maximisation, without a network: the baseline of every DAGMM.</summary>
public static class GaussianMixtureFit
{
    /// <summary>Fits a mixture; of several starts the one with the highest likelihood.</summary>
    /// <param name="rows">Rows [n, d], row-major, finite.</param>
    /// <param name="count">Rows n.</param>
    /// <param name="dimension">d.</param>
    /// <param name="components">K.</param>
    /// <param name="seed">Seed of the starts.</param>
    /// <param name="starts">Starts.</param>
    /// <param name="priorWeight">Weight a of the prior in (phi S + a psi I) / (phi + a) + 1e-6 I; 0 for maximum likelihood.</param>
    /// <param name="priorVariance">Variance psi of the prior.</param>
    /// <param name="tolerance">Ends when the mean log-likelihood rises by less, nats per row.</param>
    /// <param name="rounds">At most so many rounds.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The mixture, and the mean log-likelihood of the rows.</returns>
    /// <exception cref="FitFailedException">No start gave finite values.</exception>
    public static (Mixture Mixture, double LogLikelihood) Fit(
        ReadOnlySpan<double> rows, int count, int dimension, int components, ulong seed, int starts = 1, double priorWeight = 0,
        double priorVariance = 1, double tolerance = 1e-3, int rounds = 100, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(starts, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(priorWeight);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, count * dimension, nameof(rows));
        var latent = new LatentMixture(rows, count, dimension, priorWeight, priorVariance);
        (Mixture Mixture, double LogLikelihood)? best = null;
        for (var start = 0; start < starts; start++)
        {
            var random = new CounterRandom(seed, RandomPurpose.Sampling, (ulong)start);
            var (assignments, _) = KMeansStart.Cluster(rows, count, dimension, components, ref random);
            var memberships = new double[components * count];
            for (var i = 0; i < count; i++) memberships[(assignments[i] * count) + i] = 1;
            var run = latent.Run(memberships, components, tolerance, rounds, false, cancellationToken);
            if (run is { } fitted && !(best?.LogLikelihood >= fitted.LogLikelihood)) best = fitted;
        }

        return best ?? throw new FitFailedException("no start of the mixture gave finite values");
    }
}
