using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Fitting;

/// <summary>One member of a robust fit; immutable.</summary>
public sealed class FittedMember
{
    private readonly double[] _latentMean;
    private readonly double[] _latentDeviation;

    internal FittedMember(FitAutoencoder autoencoder, Mixture mixture, double[] latentMean, double[] latentDeviation)
    {
        (Autoencoder, Mixture) = (autoencoder, mixture);
        (_latentMean, _latentDeviation) = (latentMean, latentDeviation);
    }

    /// <summary>Mixture over standardised z.</summary>
    public Mixture Mixture { get; }

    /// <summary>Mean of z over the fitting rows [D].</summary>
    public ReadOnlySpan<double> LatentMean => _latentMean;

    /// <summary>Deviation of z over the fitting rows [D], at least 1e-3.</summary>
    public ReadOnlySpan<double> LatentDeviation => _latentDeviation;

    /// <summary>True if one covariance stands for all components, which then costs fewer parameters.</summary>
    public required bool SharesCovariance { get; init; }

    /// <summary>Median of the energies of the fitting rows.</summary>
    public required double EnergyMedian { get; init; }

    /// <summary>Interquartile range of the energies of the fitting rows; scoring uses at least 1e-3.</summary>
    public required double EnergyRange { get; init; }

    /// <summary>Mean log-likelihood of the fitting rows in z before standardisation, nats per row.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>Bayesian information criterion -2 N loglik + (K - 1 + K D + C D (D + 1) / 2) ln N, C covariances; lower is
    /// better.</summary>
    public required double Bic { get; init; }

    internal FitAutoencoder Autoencoder { get; }

    internal void Encode(ReadOnlySpan<float> scaled, int rows, FitAutoencoder.Workspace work, Span<double> z)
    {
        Autoencoder.Encode(scaled, rows, work, z);
        var d = _latentMean.Length;
        for (var at = 0; at < rows * d; at += d)
            for (var j = 0; j < d; j++) z[at + j] = (z[at + j] - _latentMean[j]) / _latentDeviation[j];
    }
}
