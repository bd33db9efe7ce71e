using System.Collections.Immutable;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Statistics;

/// <summary>A Gaussian mixture over z, ready to score: immutable, thread-safe, nothing is allocated by an energy.</summary>
public sealed class Mixture
{
    private static readonly double LogTwoPi = Math.Log(2 * Math.PI);
    private readonly double[] _logShares;
    private readonly double[] _means;
    private readonly double[] _logNormalizers;

    private Mixture(int dimension, double[] logShares, double[] means, ImmutableArray<CholeskyFactor> factors)
    {
        (Dimension, _logShares, _means, Factors) = (dimension, logShares, means, factors);
        _logNormalizers = new double[logShares.Length];
        for (var k = 0; k < logShares.Length; k++)
            _logNormalizers[k] = logShares[k] - factors[k].LogDiagonalSum - (0.5 * dimension * LogTwoPi);
    }

    /// <summary>Components K.</summary>
    public int Components => _logShares.Length;

    /// <summary>Dimension D of z.</summary>
    public int Dimension { get; }

    /// <summary>Length of the scratch that <see cref="Energy"/> needs: D + K.</summary>
    public int ScratchLength => Dimension + Components;

    /// <summary>Logarithms of the shares phi [K].</summary>
    public ReadOnlySpan<double> LogShares => _logShares;

    /// <summary>Means mu [K, D].</summary>
    public ReadOnlySpan<double> Means => _means;

    /// <summary>Cholesky factors of the covariances [K].</summary>
    public ImmutableArray<CholeskyFactor> Factors { get; }

    /// <summary>log phi_k - sum log diag C_k - D/2 log 2 pi, per component [K].</summary>
    public ReadOnlySpan<double> LogNormalizers => _logNormalizers;

    /// <summary>Creates a mixture of given parameters.</summary>
    /// <param name="logShares">Logarithms of the shares [K].</param>
    /// <param name="means">Means [K, D].</param>
    /// <param name="covariances">Covariances [K, D, D].</param>
    /// <param name="dimension">D.</param>
    /// <param name="repairs">Jitters that the covariances needed.</param>
    /// <returns>The mixture, or null if a value is not finite.</returns>
    public static Mixture? Create(
        ReadOnlySpan<double> logShares, ReadOnlySpan<double> means, ReadOnlySpan<double> covariances, int dimension, out int repairs)
    {
        repairs = 0;
        var factors = ImmutableArray.CreateBuilder<CholeskyFactor>(logShares.Length);
        for (var k = 0; k < logShares.Length; k++)
        {
            var factor = CholeskyFactor.Create(
                covariances.Slice(k * dimension * dimension, dimension * dimension), dimension, out var jitters);
            repairs += jitters;
            if (factor is null) return null;
            factors.Add(factor);
        }

        // A share may be 0 (log -inf); anything else must be finite.
        foreach (var share in logShares)
            if (double.IsNaN(share) || double.IsPositiveInfinity(share)) return null;
        if (means.ContainsAnyExceptInRange(double.MinValue, double.MaxValue)) return null;
        return new Mixture(dimension, logShares.ToArray(), means.ToArray(), factors.MoveToImmutable());
    }

    /// <summary>
    /// The mixture that follows from statistics by the model's <see cref="CovarianceRule"/> (Zong et al. 2018, equation 5, or MAP).
    /// </summary>
    /// <param name="statistics">Statistics of at least one row.</param>
    /// <param name="spec">The model: rule and epsilon.</param>
    /// <param name="member">The member: strength of the prior.</param>
    /// <param name="repairs">Jitters that the covariances needed.</param>
    /// <returns>The mixture, or null if a value is not finite.</returns>
    public static Mixture? Estimate(MixtureStatistics statistics, ModelSpec spec, MemberSpec member, out int repairs)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(member);
        var (logShares, means, covariances) = spec.CovarianceRule == CovarianceRule.Map
            ? MixtureRules.Map(statistics, member.PriorStrength) : MixtureRules.Epsilon(statistics, spec.CovarianceEpsilon);
        return Create(logShares, means, covariances, statistics.Dimension, out repairs);
    }

    /// <summary>The mixture with the share 0 for some of its components; those of the others sum to 1.</summary>
    /// <param name="dead">True for components that die [K]; not for all.</param>
    /// <returns>The mixture; null if nothing is left of the others either.</returns>
    internal Mixture? Without(ReadOnlySpan<bool> dead)
    {
        var shares = (double[])_logShares.Clone();
        for (var k = 0; k < shares.Length; k++)
            if (dead[k]) shares[k] = double.NegativeInfinity;
        var total = LogSum.Of(shares);
        if (!double.IsFinite(total)) return null;
        for (var k = 0; k < shares.Length; k++) shares[k] -= total;
        return new Mixture(Dimension, shares, _means, Factors);
    }

    /// <summary>Reads the byte form.</summary>
    /// <param name="reader">At the first value.</param>
    /// <returns>The mixture.</returns>
    /// <exception cref="CheckpointException">A value is impossible.</exception>
    public static Mixture Read(CheckpointReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var dimension = reader.ReadInt32();
        var logShares = reader.ReadDoubles();
        if (dimension < 1 || logShares.Length < 1 || (long)logShares.Length * dimension * (dimension + 1) / 2 > reader.Remaining)
            throw CheckpointReader.Malformed($"a mixture of {logShares.Length} components in {dimension} dimensions is impossible");
        var means = reader.ReadDoubles(logShares.Length * dimension);
        var factors = ImmutableArray.CreateBuilder<CholeskyFactor>(logShares.Length);
        for (var k = 0; k < logShares.Length; k++)
        {
            factors.Add(CholeskyFactor.FromPacked(dimension, reader.ReadDoubles(dimension * (dimension + 1) / 2))
                ?? throw CheckpointReader.Malformed($"the Cholesky factor of component {k} has a diagonal value that is not positive"));
        }

        return new Mixture(dimension, logShares, means, factors.MoveToImmutable());
    }

    /// <summary>
    /// Sample energy E(z) = -log sum_k phi_k N(z; mu_k, Sigma_k) (Zong et al. 2018, equation 6), by log-sum-exp: it keeps growing with
    /// distance.
    /// </summary>
    /// <param name="z">z [D].</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> values; overwritten.</param>
    /// <returns>The energy; may be negative.</returns>
    public double Energy(ReadOnlySpan<double> z, Span<double> scratch)
    {
        var logJoint = scratch.Slice(Dimension, Components);
        LogJoint(z, logJoint, scratch[..Dimension]);
        return -LogSum.Of(logJoint);
    }

    /// <summary>log phi_k + log N(z; mu_k, Sigma_k) of every component.</summary>
    /// <param name="z">z [D].</param>
    /// <param name="logJoint">Receives the values [K].</param>
    /// <param name="scratch">At least D values; overwritten.</param>
    public void LogJoint(ReadOnlySpan<double> z, Span<double> logJoint, Span<double> scratch)
    {
        var difference = scratch[..Dimension];
        z = z[..Dimension];
        for (var k = 0; k < _logShares.Length; k++)
        {
            var mean = _means.AsSpan(k * Dimension, Dimension);
            for (var j = 0; j < mean.Length; j++) difference[j] = z[j] - mean[j];
            logJoint[k] = _logNormalizers[k] - (0.5 * Factors[k].SquaredLength(difference));
        }
    }

    /// <summary>Covariance of one component, for pictures and for the penalty.</summary>
    /// <param name="component">Index of the component.</param>
    /// <returns>Covariance [D, D], row-major.</returns>
    public double[] Covariance(int component)
    {
        var covariance = new double[Dimension * Dimension];
        Factors[component].Reconstruct(covariance);
        return covariance;
    }

    /// <summary>Penalty on small variances: sum over components and dimensions of 1 / Sigma_kjj (Zong et al. 2018, section 3.4).</summary>
    /// <returns>The penalty, not weighted.</returns>
    public double Penalty()
    {
        var (sum, covariance) = (0.0, new double[Dimension * Dimension]);
        foreach (var factor in Factors)
        {
            factor.Reconstruct(covariance);
            for (var j = 0; j < Dimension; j++) sum += 1 / covariance[(j * Dimension) + j];
        }

        return sum;
    }

    /// <summary>Writes the byte form.</summary>
    /// <param name="writer">Receives the values.</param>
    public void Write(CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Dimension);
        writer.Write(_logShares.AsSpan());
        writer.Write(_means.AsSpan());
        foreach (var factor in Factors) writer.Write(factor.Packed);
    }
}
