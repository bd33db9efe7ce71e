using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Fitting;

/// <summary>Fits one member: autoencoder, standardised z, anchor, estimation network, publish.</summary>
internal sealed class MemberFit(float[] scaled, int count, PrincipalAxes axes, OfflineFitOptions options, int components)
{
    private const int BlockRows = 1024;
    private const double SmallestDeviation = 1e-3;
    private const int SmallestHalf = 8;

    public int SkippedSteps { get; private set; }

    public int CholeskyRepairs { get; private set; }

    /// <summary>The member of a number; null if a value is not finite.</summary>
    public FittedMember? Fit(int member, CancellationToken cancellationToken)
    {
        var random = FitSeeds.Weights(options.Seed, member);
        var autoencoder = new FitAutoencoder(axes, options.Hidden, ref random);
        SkippedSteps += autoencoder.Train(scaled, count, options, member, cancellationToken);
        var dimension = autoencoder.Dimension;
        var z = Encode(autoencoder);
        var (mean, deviation) = Standardise(z, dimension);
        var rows = new LatentMixture(z, count, dimension, options.PriorWeight, options.PriorVariance);
        if (Anchor(z, rows, dimension, member, cancellationToken) is not { } anchor) return null;
        var (mixture, responsibilities, k, shared) = anchor;
        if (k > 1)
        {
            SkippedSteps += EstimationFit.Teach(z, count, dimension, responsibilities, k, options, member, cancellationToken);
            var published = rows.Run(responsibilities, k, options.Tolerance, options.PublishRounds, shared, cancellationToken);
            if (published is null) return null;
            mixture = published.Value.Mixture;
        }

        var energies = new double[count];
        rows.Expect(mixture, responsibilities, energies);
        CholeskyRepairs += rows.Repairs;
        return Freeze(autoencoder, mixture, shared, mean, deviation, energies);
    }

    /// <summary>
    /// Mean energy of one half of the rows under a mixture fitted to the other half, minus that of the half it was fitted to:
    /// positive when the mixture follows single rows.
    /// </summary>
    public double EnergyGap(FittedMember member, CancellationToken cancellationToken)
    {
        if (count / 2 < SmallestHalf) return double.NaN;
        var (d, k) = (member.LatentMean.Length, member.Mixture.Components);
        var z = Encode(member.Autoencoder);
        Standardise(z, d);
        var (even, odd) = (Half(z, d, 0), Half(z, d, 1));
        var own = new LatentMixture(even, even.Length / d, d, options.PriorWeight, options.PriorVariance);
        var responsibilities = new double[even.Length / d * k];
        own.Expect(member.Mixture, responsibilities);
        var run = own.Run(responsibilities, k, options.Tolerance, options.PublishRounds, member.SharesCovariance, cancellationToken);
        if (run is not { } fitted) return double.NaN;
        var others = new LatentMixture(odd, odd.Length / d, d, options.PriorWeight, options.PriorVariance);
        return fitted.LogLikelihood - others.Expect(fitted.Mixture, new double[odd.Length / d * k]);
    }

    /// <summary>Deviation of z_c over that of the principal components alone, root mean square.</summary>
    public double LatentScale(FittedMember member)
    {
        var sum = 0.0;
        for (var j = 0; j < axes.Latent; j++) sum += Math.Pow(member.LatentDeviation[j] * axes.InverseScale[j], 2) / axes.Latent;
        return Math.Sqrt(sum);
    }

    /// <summary>Of the numbers of components and kinds of covariance that the options leave open, those of the lowest criterion.</summary>
    private (Mixture Mixture, double[] Responsibilities, int Components, bool Shared)? Anchor(
        double[] z, LatentMixture rows, int dimension, int member, CancellationToken cancellationToken)
    {
        (Mixture, double[], int, bool)? best = null;
        var bestBic = double.PositiveInfinity;
        for (var k = options.ChooseComponents ? 1 : components; k <= components; k++)
        {
            var random = FitSeeds.Start(options.Seed, member, k);
            var (assignments, _) = KMeansStart.Cluster(z, count, dimension, k, ref random);
            foreach (var shared in options.ChooseCovariance && k > 1 ? (bool[])[false, true] : [false])
            {
                var responsibilities = new double[k * count];
                for (var i = 0; i < count; i++) responsibilities[(assignments[i] * count) + i] = 1;
                var run = rows.Run(responsibilities, k, options.Tolerance, options.AnchorRounds, shared, cancellationToken);
                if (run is not { } anchor) continue;
                var bic = Bic(anchor.LogLikelihood, k, dimension, shared);
                if (best is not null && bic >= bestBic) continue;
                (best, bestBic) = ((anchor.Mixture, responsibilities, k, shared), bic);
            }
        }

        return best;
    }

    private FittedMember? Freeze(
        FitAutoencoder autoencoder, Mixture mixture, bool shared, double[] mean, double[] deviation, double[] energies)
    {
        if (energies.AsSpan().ContainsAnyExceptInRange(double.MinValue, double.MaxValue)) return null;
        var sorted = Quantile.Sorted(energies);
        var likelihood = -energies.Average() - deviation.Sum(Math.Log);
        return new FittedMember(autoencoder, mixture, mean, deviation)
        {
            SharesCovariance = shared,
            EnergyMedian = Quantile.OfSorted(sorted, 0.5),
            EnergyRange = Quantile.OfSorted(sorted, 0.75) - Quantile.OfSorted(sorted, 0.25),
            LogLikelihood = likelihood,
            Bic = Bic(likelihood, mixture.Components, mixture.Dimension, shared),
        };
    }

    private double Bic(double likelihood, int k, int d, bool shared) =>
        (-2 * count * likelihood) + ((k - 1 + (k * d) + ((shared ? 1 : k) * d * (d + 1) / 2.0)) * Math.Log(count));

    private double[] Encode(FitAutoencoder autoencoder)
    {
        var (features, d) = (axes.Features, autoencoder.Dimension);
        var (z, work) = (new double[count * d], new FitAutoencoder.Workspace(BlockRows, features, axes.Latent, options.Hidden));
        for (var start = 0; start < count; start += BlockRows)
        {
            var rows = Math.Min(BlockRows, count - start);
            autoencoder.Encode(scaled.AsSpan(start * features, rows * features), rows, work, z.AsSpan(start * d, rows * d));
        }

        return z;
    }

    private (double[] Mean, double[] Deviation) Standardise(double[] z, int d)
    {
        var (mean, deviation) = (new double[d], new double[d]);
        for (var at = 0; at < z.Length; at += d) DenseMath.AddScaled(mean, z.AsSpan(at, d), 1.0 / count);
        for (var at = 0; at < z.Length; at += d)
            for (var j = 0; j < d; j++) deviation[j] += (z[at + j] - mean[j]) * (z[at + j] - mean[j]) / count;
        for (var j = 0; j < d; j++) deviation[j] = Math.Max(Math.Sqrt(deviation[j]), SmallestDeviation);
        for (var at = 0; at < z.Length; at += d)
            for (var j = 0; j < d; j++) z[at + j] = (z[at + j] - mean[j]) / deviation[j];
        return (mean, deviation);
    }

    private static double[] Half(double[] z, int d, int parity)
    {
        var half = new List<double>(z.Length);
        for (var at = parity * d; at < z.Length; at += 2 * d) half.AddRange(z.AsSpan(at, d));
        return [.. half];
    }
}
