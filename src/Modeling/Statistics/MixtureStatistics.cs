using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Statistics;

/// <summary>
/// Sufficient statistics of a Gaussian mixture under soft memberships: per component the sum of memberships, mean and covariance of z
/// (Zong et al. 2018, equation 5), in double. Mergeable and immutable. Statistics taken under different weights or different
/// standardisations of z must not be merged.
/// </summary>
/// <remarks>
/// Sums of memberships are kept as logarithms and scatter is kept divided by them: a component whose memberships underflow to 0 still has
/// an exact mean and covariance, and nothing ever divides 0 by 0.
/// </remarks>
public sealed class MixtureStatistics
{
    private readonly double[] _logWeights;
    private readonly double[] _means;
    private readonly double[] _covariances;

    private MixtureStatistics(int components, int dimension, long rows, double[] logWeights, double[] means, double[] covariances)
    {
        (Components, Dimension, Rows) = (components, dimension, rows);
        (_logWeights, _means, _covariances) = (logWeights, means, covariances);
    }

    /// <summary>Components K.</summary>
    public int Components { get; }

    /// <summary>Dimension D of z.</summary>
    public int Dimension { get; }

    /// <summary>Rows counted; rows left out are not.</summary>
    public long Rows { get; }

    /// <summary>Logarithms of the sums of memberships [K]; -inf without rows.</summary>
    public ReadOnlySpan<double> LogWeights => _logWeights;

    /// <summary>Weighted means [K, D].</summary>
    public ReadOnlySpan<double> Means => _means;

    /// <summary>Weighted covariances [K, D, D], divided by the sum of memberships (biased).</summary>
    public ReadOnlySpan<double> Covariances => _covariances;

    /// <summary>The statistics of no rows: the identity of <see cref="Merge"/>.</summary>
    /// <param name="components">Components K.</param>
    /// <param name="dimension">Dimension D.</param>
    /// <returns>The statistics.</returns>
    public static MixtureStatistics Identity(int components, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        var logWeights = new double[components];
        Array.Fill(logWeights, double.NegativeInfinity);
        return new MixtureStatistics(
            components, dimension, 0, logWeights, new double[components * dimension], new double[components * dimension * dimension]);
    }

    /// <summary>The statistics of rows, in two passes.</summary>
    /// <param name="latent">z [n, D], row-major.</param>
    /// <param name="logMemberships">Logarithms of the memberships [n, K]; a row of -inf in all components is left out.</param>
    /// <param name="rows">Rows n.</param>
    /// <param name="components">Components K.</param>
    /// <param name="dimension">Dimension D.</param>
    /// <returns>The statistics.</returns>
    public static MixtureStatistics Of(
        ReadOnlySpan<double> latent, ReadOnlySpan<double> logMemberships, int rows, int components, int dimension)
    {
        var result = Identity(components, dimension);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(latent.Length, rows * dimension, nameof(latent));
        ArgumentOutOfRangeException.ThrowIfLessThan(logMemberships.Length, rows * components, nameof(logMemberships));
        Span<double> deviation = new double[dimension];
        for (var k = 0; k < components; k++)
        {
            var logWeight = result._logWeights[k] = LogSum.Of(logMemberships, k, components, rows);
            if (double.IsNegativeInfinity(logWeight)) continue;
            var mean = result._means.AsSpan(k * dimension, dimension);
            var covariance = result._covariances.AsSpan(k * dimension * dimension, dimension * dimension);
            for (var i = 0; i < rows; i++)
            {
                var share = Math.Exp(logMemberships[(i * components) + k] - logWeight);
                if (share == 0) continue;
                DenseMath.AddScaled(mean, latent.Slice(i * dimension, dimension), share);
            }

            for (var i = 0; i < rows; i++)
            {
                var share = Math.Exp(logMemberships[(i * components) + k] - logWeight);
                if (share == 0) continue;
                var z = latent.Slice(i * dimension, dimension);
                for (var a = 0; a < dimension; a++) deviation[a] = z[a] - mean[a];
                AddOuter(covariance, deviation, share);
            }

            Mirror(covariance, dimension);
        }

        return new MixtureStatistics(
            components, dimension, CountRows(logMemberships, rows, components), result._logWeights, result._means, result._covariances);
    }

    /// <summary>Takes over statistics computed elsewhere.</summary>
    internal static MixtureStatistics FromParts(
        int components, int dimension, long rows, double[] logWeights, double[] means, double[] covariances) =>
        new(components, dimension, rows, logWeights, means, covariances);

    /// <summary>
    /// The statistics of the union of two sets of rows: exact, with the between-means term
    /// C = (1-s) C_a + s C_b + s (1-s) (m_b - m_a)(m_b - m_a)', s the share of b (Chan et al. 1979, weighted).
    /// </summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The statistics; one of the arguments if the other has no rows.</returns>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static MixtureStatistics Merge(MixtureStatistics left, MixtureStatistics right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var (components, d) = (left.Components, left.Dimension);
        if (right.Components != components || right.Dimension != d)
        {
            throw new ArgumentException(
                $"statistics of {components} components in {d} dimensions cannot be merged with {right.Components} in {right.Dimension}",
                nameof(right));
        }

        if (left.Rows == 0) return right;
        if (right.Rows == 0) return left;
        var result = Identity(components, d);
        Span<double> delta = new double[d];
        for (var k = 0; k < components; k++)
        {
            var logWeight = result._logWeights[k] = LogSum.Of(left._logWeights[k], right._logWeights[k]);
            if (double.IsNegativeInfinity(logWeight)) continue;
            var (a, b) = (Math.Exp(left._logWeights[k] - logWeight), Math.Exp(right._logWeights[k] - logWeight));
            for (var j = 0; j < d; j++)
            {
                delta[j] = right._means[(k * d) + j] - left._means[(k * d) + j];
                result._means[(k * d) + j] = left._means[(k * d) + j] + (b * delta[j]);
            }

            var size = d * d;
            var covariance = result._covariances.AsSpan(k * size, size);
            DenseMath.AddScaled(covariance, left._covariances.AsSpan(k * size, size), a);
            DenseMath.AddScaled(covariance, right._covariances.AsSpan(k * size, size), b);
            AddOuter(covariance, delta, a * b);
            Mirror(covariance, d);
        }

        return new MixtureStatistics(components, d, left.Rows + right.Rows, result._logWeights, result._means, result._covariances);
    }

    /// <summary>Reads the byte form.</summary>
    /// <param name="reader">At the first value.</param>
    /// <returns>The statistics.</returns>
    /// <exception cref="CheckpointException">A value is impossible.</exception>
    public static MixtureStatistics Read(CheckpointReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var (components, dimension, rows) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64());
        if (components < 1 || dimension < 1 || rows < 0 || (long)components * dimension * dimension > reader.Remaining)
            throw CheckpointReader.Malformed(
                $"statistics of {rows} rows, {components} components and {dimension} dimensions are impossible");
        return new MixtureStatistics(
            components, dimension, rows, reader.ReadDoubles(components), reader.ReadDoubles(components * dimension),
            reader.ReadDoubles(components * dimension * dimension));
    }

    /// <summary>Writes the byte form.</summary>
    /// <param name="writer">Receives the values.</param>
    public void Write(CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Components);
        writer.Write(Dimension);
        writer.Write(Rows);
        writer.Write(_logWeights.AsSpan());
        writer.Write(_means.AsSpan());
        writer.Write(_covariances.AsSpan());
    }

    private static long CountRows(ReadOnlySpan<double> logMemberships, int rows, int components)
    {
        long counted = 0;
        for (var i = 0; i < rows; i++)
            if (logMemberships.Slice(i * components, components).ContainsAnyExcept(double.NegativeInfinity)) counted++;
        return counted;
    }

    /// <summary>Adds share · v v' to the lower triangle.</summary>
    private static void AddOuter(Span<double> matrix, ReadOnlySpan<double> vector, double share)
    {
        for (var a = 0; a < vector.Length; a++)
            DenseMath.AddScaled(matrix.Slice(a * vector.Length, a + 1), vector[..(a + 1)], share * vector[a]);
    }

    private static void Mirror(Span<double> matrix, int dimension)
    {
        for (var a = 0; a < dimension; a++)
        for (var b = 0; b < a; b++) matrix[(b * dimension) + a] = matrix[(a * dimension) + b];
    }
}
