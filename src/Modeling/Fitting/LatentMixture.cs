using System.Numerics;
using System.Runtime.InteropServices;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Fitting;

/// <summary>
/// Maximum a posteriori expectation-maximisation over a fixed set of z [n, D], held by columns so that both steps run in the
/// machine's vectors: Sigma_k = (phi_k S_k + a psi I) / (phi_k + a) + 1e-6 I; shared by all components, Sigma =
/// (sum_k phi_k S_k + a psi I) / (1 + a) + 1e-6 I.
/// </summary>
internal sealed class LatentMixture
{
    private const double Ridge = 1e-6;
    private const double SmallestCount = 1e-12;
    // Rows of one block: its scratch stays in the first-level cache.
    private const int BlockRows = 256;
    private readonly int _count, _dimension;
    private readonly double[] _columns;
    private readonly double _priorWeight, _priorVariance;

    public LatentMixture(ReadOnlySpan<double> z, int count, int dimension, double priorWeight, double priorVariance)
    {
        (_count, _dimension, _priorWeight, _priorVariance) = (count, dimension, priorWeight, priorVariance);
        _columns = new double[count * dimension];
        for (var i = 0; i < count; i++)
        for (var j = 0; j < dimension; j++) _columns[(j * count) + i] = z[(i * dimension) + j];
    }

    /// <summary>Covariances that had to be repaired to be factorised.</summary>
    public int Repairs { get; private set; }

    /// <summary>Maximises and expects in turn until the mean log-likelihood rises by less than the tolerance.</summary>
    /// <param name="memberships">Memberships [K, n] to start from; overwritten by the responsibilities of the result.</param>
    /// <param name="components">K.</param>
    /// <param name="tolerance">Smallest rise, nats per row.</param>
    /// <param name="rounds">At most so many rounds.</param>
    /// <param name="shared">One covariance for all components.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The mixture and the mean log-likelihood of the rows under it; null if a value is not finite.</returns>
    public (Mixture Mixture, double LogLikelihood)? Run(
        double[] memberships, int components, double tolerance, int rounds, bool shared, CancellationToken cancellationToken)
    {
        (Mixture, double)? result = null;
        var last = double.NegativeInfinity;
        for (var round = 0; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Maximise(memberships, components, shared) is not { } mixture) return null;
            var likelihood = Expect(mixture, memberships);
            if (!double.IsFinite(likelihood)) return null;
            result = (mixture, likelihood);
            if (likelihood - last < tolerance) break;
            last = likelihood;
        }

        return result;
    }

    /// <summary>The mixture of weighted rows; null if a value is not finite.</summary>
    public Mixture? Maximise(double[] memberships, int components, bool shared = false)
    {
        var d = _dimension;
        var (logShares, means, covariances) = (new double[components], new double[components * d], new double[components * d * d]);
        Span<double> weighted = new double[d * BlockRows];
        Span<double> centred = new double[d * BlockRows];
        for (var k = 0; k < components; k++)
        {
            var weights = memberships.AsSpan(k * _count, _count);
            var count = SmallestCount + Sum(weights);
            var share = count / _count;
            logShares[k] = Math.Log(share);
            for (var j = 0; j < d; j++) means[(k * d) + j] = DenseMath.Dot<double>(weights, Column(j)) / count;
            var covariance = covariances.AsSpan(k * d * d, d * d);
            for (var start = 0; start < _count; start += BlockRows)
            {
                var rows = Math.Min(BlockRows, _count - start);
                for (var j = 0; j < d; j++)
                {
                    var block = centred.Slice(j * BlockRows, rows);
                    var own = weighted.Slice(j * BlockRows, rows);
                    Subtract(Column(j).Slice(start, rows), means[(k * d) + j], block);
                    Product(block, weights.Slice(start, rows), own);
                    for (var i = 0; i <= j; i++)
                        covariance[(j * d) + i] += DenseMath.Dot<double>(own, centred.Slice(i * BlockRows, rows));
                }
            }

            for (var j = 0; j < covariance.Length; j++) covariance[j] *= share / count;
        }

        if (shared) Share(covariances, components);
        for (var k = 0; k < components; k++) Regularise(covariances.AsSpan(k * d * d, d * d), shared ? 1 : Math.Exp(logShares[k]));
        var mixture = Mixture.Create(logShares, means, covariances, d, out var repairs);
        Repairs += repairs;
        return mixture;
    }

    /// <summary>Puts the sum of the covariances, each weighted with its share, in the place of all.</summary>
    private static void Share(Span<double> covariances, int components)
    {
        var size = covariances.Length / components;
        var first = covariances[..size];
        for (var k = 1; k < components; k++) DenseMath.AddScaled(first, covariances.Slice(k * size, size), 1);
        for (var k = 1; k < components; k++) first.CopyTo(covariances[(k * size)..]);
    }

    /// <summary>The prior on the lower triangle of phi S, which becomes Sigma.</summary>
    private void Regularise(Span<double> covariance, double share)
    {
        var d = _dimension;
        for (var j = 0; j < d; j++)
        for (var i = 0; i <= j; i++)
        {
            var value = covariance[(j * d) + i];
            if (i == j) value += _priorWeight * _priorVariance;
            value /= share + _priorWeight;
            covariance[(j * d) + i] = covariance[(i * d) + j] = i == j ? value + Ridge : value;
        }
    }

    /// <summary>Responsibilities [K, n] and, if asked for, energies [n].</summary>
    /// <returns>The mean log-likelihood.</returns>
    public double Expect(Mixture mixture, double[] responsibilities, double[]? energies = null)
    {
        var components = mixture.Components;
        Span<double> joint = new double[components * BlockRows];
        Span<double> scratch = new double[_dimension * BlockRows];
        Span<double> total = new double[BlockRows];
        var sum = 0.0;
        for (var start = 0; start < _count; start += BlockRows)
        {
            var rows = Math.Min(BlockRows, _count - start);
            for (var k = 0; k < components; k++) LogJoint(mixture, k, start, rows, joint.Slice(k * BlockRows, rows), scratch);
            Normalise(joint, components, rows, total);
            for (var k = 0; k < components; k++)
                joint.Slice(k * BlockRows, rows).CopyTo(responsibilities.AsSpan((k * _count) + start, rows));
            for (var i = 0; i < rows; i++) sum += total[i];
            if (energies is null) continue;
            for (var i = 0; i < rows; i++) energies[start + i] = -total[i];
        }

        return sum / _count;
    }

    private static void Normalise(Span<double> joint, int components, int rows, Span<double> total)
    {
        Span<double> largest = stackalloc double[BlockRows];
        joint[..rows].CopyTo(largest);
        for (var k = 1; k < components; k++)
            for (var i = 0; i < rows; i++) largest[i] = Math.Max(largest[i], joint[(k * BlockRows) + i]);
        total[..rows].Clear();
        for (var k = 0; k < components; k++)
        {
            var own = joint.Slice(k * BlockRows, rows);
            for (var i = 0; i < rows; i++) own[i] -= largest[i];
            Exp(own);
            DenseMath.AddScaled(total[..rows], own, 1);
        }

        for (var k = 0; k < components; k++)
            for (var i = 0; i < rows; i++) joint[(k * BlockRows) + i] /= total[i];
        for (var i = 0; i < rows; i++) total[i] = largest[i] + Math.Log(total[i]);
    }

    private void LogJoint(Mixture mixture, int component, int start, int rows, Span<double> joint, Span<double> scratch)
    {
        var packed = mixture.Factors[component].Packed;
        var at = 0;
        joint.Fill(mixture.LogNormalizers[component]);
        for (var i = 0; i < _dimension; i++)
        {
            var own = scratch.Slice(i * BlockRows, rows);
            Subtract(Column(i).Slice(start, rows), mixture.Means[(component * _dimension) + i], own);
            for (var j = 0; j < i; j++) DenseMath.AddScaled(own, scratch.Slice(j * BlockRows, rows), -packed[at++]);
            var inverse = 1 / packed[at++];
            for (var row = 0; row < rows; row++) own[row] *= inverse;
            for (var row = 0; row < rows; row++) joint[row] -= 0.5 * own[row] * own[row];
        }
    }

    private ReadOnlySpan<double> Column(int j) => _columns.AsSpan(j * _count, _count);

    private static double Sum(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum;
    }

    private static void Subtract(ReadOnlySpan<double> values, double subtrahend, Span<double> result)
    {
        for (var i = 0; i < result.Length; i++) result[i] = values[i] - subtrahend;
    }

    private static void Product(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> result)
    {
        for (var i = 0; i < result.Length; i++) result[i] = left[i] * right[i];
    }

    private static void Exp(Span<double> values)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        for (var i = 0; i < vectors.Length; i++) vectors[i] = Vector.Exp(vectors[i]);
        for (var i = vectors.Length * Vector<double>.Count; i < values.Length; i++) values[i] = Math.Exp(values[i]);
    }
}
