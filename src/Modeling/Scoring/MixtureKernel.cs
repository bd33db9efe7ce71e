using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// A mixture laid out for energies (Zong et al. 2018, equation 6): with W the inverse of a component's Cholesky factor, the squared
/// distance of z is ||W z - W mu||², so nothing is divided and no sum waits for another. One event runs over the components in eight
/// lanes, a tile over its rows; both sum in the order of z, so an event has the same energy, bit for bit, in either. Immutable.
/// </summary>
internal sealed unsafe class MixtureKernel
{
    private const int Lanes = 8;
    private const int Rows = ScoringTile.Rows;
    private const int Group = 4;
    private readonly int _components;
    private readonly int _dimension;
    private readonly double[] _normalizers;

    // Per component and row i of W: -(W mu)_i, then W_i0 ... W_ii.
    private readonly double[] _rows;

    // The same in lanes of components, rows in groups of four as long as the group's longest.
    private readonly double[] _lanes;

    /// <summary>Lays out a mixture.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="shift">What was subtracted from z before it comes here [D]; empty for nothing.</param>
    public MixtureKernel(Mixture mixture, ReadOnlySpan<double> shift = default)
    {
        (_components, _dimension) = (mixture.Components, mixture.Dimension);
        var (d, blocks) = (_dimension, (_components + Lanes - 1) / Lanes);
        _rows = new double[_components * RowsLength(d)];
        _lanes = new double[blocks * LanesLength(d)];
        _normalizers = new double[blocks * Lanes];
        // Lanes without a component stay out of every sum.
        Array.Fill(_normalizers, double.NegativeInfinity);
        var (inverse, mean) = (new double[d * d], new double[d]);
        for (var k = 0; k < _components; k++)
        {
            Invert(mixture.Factors[k].Packed, d, inverse);
            for (var j = 0; j < d; j++) mean[j] = mixture.Means[(k * d) + j] - (shift.IsEmpty ? 0 : shift[j]);
            _normalizers[k] = mixture.LogNormalizers[k];
            Lay(k, inverse, mean);
        }
    }

    /// <summary>Doubles of scratch that <see cref="Energy"/> needs.</summary>
    public static int ScratchLength(int components) => (components + Lanes - 1) / Lanes * Lanes;

    /// <summary>Energy of one event.</summary>
    /// <param name="z">z [D], padded to a multiple of four with zeros.</param>
    /// <param name="scratch"><see cref="ScratchLength"/> values.</param>
    /// <returns>The energy; not finite for a z that is not.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Energy(double* z, double* scratch)
    {
        var blocks = _normalizers.Length / Lanes;
        var largest = Vector512.Create(double.NegativeInfinity);
        fixed (double* lanes = _lanes, normalizers = _normalizers)
        {
            for (var block = 0; block < blocks; block++)
            {
                var joint = Joint(lanes + (block * LanesLength(_dimension)), z, Vector512.Load(normalizers + (block * Lanes)));
                joint.Store(scratch + (block * Lanes));
                largest = Vector512.Max(largest, joint);
            }
        }

        return -LogSum(scratch, Largest(largest));
    }

    /// <summary>Energies of a tile and, if asked for, its responsibilities.</summary>
    /// <param name="z">Columns [D, <see cref="ScoringTile.Rows"/>].</param>
    /// <param name="shares">Receives the responsibilities, columns [K, rows]; scratch in any case.</param>
    /// <param name="energies">Receives the energies [rows].</param>
    /// <param name="count">Rows wanted, a multiple of <see cref="ScoringTile.Group"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Energies(double* z, double* shares, double* energies, int count)
    {
        fixed (double* rows = _rows)
        {
            for (var k = 0; k < _components; k++)
                Joints(rows + (k * RowsLength(_dimension)), z, _normalizers[k], shares + (k * Rows), count);
        }

        Normalise(shares, _components, energies, count);
    }

    /// <summary>shares = exp(shares - log of the sum of exp(shares)) over components; gives minus that logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalise(double* shares, int components, double* energies, int count)
    {
        for (var row = 0; row < count; row += Lanes)
        {
            var largest = Vector512.Load(shares + row);
            for (var k = 1; k < components; k++) largest = Vector512.Max(largest, Vector512.Load(shares + (k * Rows) + row));
            var sum = Vector512<double>.Zero;
            for (var k = 0; k < components; k++)
            {
                var share = VectorMath.Exp(Vector512.Load(shares + (k * Rows) + row) - largest);
                share.Store(shares + (k * Rows) + row);
                sum += share;
            }

            (-(largest + VectorMath.Log(sum))).Store(energies + row);
            var scale = Vector512<double>.One / sum;
            for (var k = 0; k < components; k++) (Vector512.Load(shares + (k * Rows) + row) * scale).Store(shares + (k * Rows) + row);
        }
    }

    private static int RowsLength(int d) => (d * (d + 3)) / 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int LanesLength(int d)
    {
        var values = 0;
        for (var i = 0; i < d; i += Group) values += Group * (Math.Min(i + Group, d) + 1);
        return values * Lanes;
    }

    /// <summary>Four rows of W at once, in all of a block's components.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector512<double> Joint(double* at, double* z, Vector512<double> normalizer)
    {
        var total = Vector512<double>.Zero;
        for (var i = 0; i < _dimension; i += Group)
        {
            var (a, b) = (Vector512.Load(at), Vector512.Load(at + Lanes));
            var (c, d) = (Vector512.Load(at + (2 * Lanes)), Vector512.Load(at + (3 * Lanes)));
            at += Group * Lanes;
            var terms = Math.Min(i + Group, _dimension);
            for (var j = 0; j < terms; j++, at += Group * Lanes)
            {
                var x = Vector512.Create(z[j]);
                a = Vector512.FusedMultiplyAdd(x, Vector512.Load(at), a);
                b = Vector512.FusedMultiplyAdd(x, Vector512.Load(at + Lanes), b);
                c = Vector512.FusedMultiplyAdd(x, Vector512.Load(at + (2 * Lanes)), c);
                d = Vector512.FusedMultiplyAdd(x, Vector512.Load(at + (3 * Lanes)), d);
            }

            total = Vector512.FusedMultiplyAdd(a, a, total);
            total = Vector512.FusedMultiplyAdd(b, b, total);
            total = Vector512.FusedMultiplyAdd(c, c, total);
            total = Vector512.FusedMultiplyAdd(d, d, total);
        }

        return Vector512.FusedMultiplyAdd(Vector512.Create(-0.5), total, normalizer);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double LogSum(double* joints, double largest)
    {
        var (sum, shift) = (0.0, Vector512.Create(largest));
        for (var at = 0; at < _normalizers.Length; at += Lanes)
            VectorMath.Exp(Vector512.Load(joints + at) - shift).Store(joints + at);
        for (var k = 0; k < _components; k++) sum += joints[k];
        return largest + VectorMath.Log(Vector512.Create(sum)).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Largest(Vector512<double> values)
    {
        var half = Vector256.Max(values.GetLower(), values.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        return Math.Max(quarter[0], quarter[1]);
    }

    /// <summary>Two rows of W over four vectors of events: eight running sums hide the latency of a multiply-add.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Joints(double* weights, double* z, double normalizer, double* joints, int count)
    {
        for (var row = 0; row < count; row += 4 * Lanes)
        {
            Vector512<double> q0 = default, q1 = default, q2 = default, q3 = default;
            var at = weights;
            var i = 0;
            for (; i + 1 < _dimension; i += 2)
            {
                double* first = at, second = at + i + 2;
                var a0 = Vector512.Create(*first++);
                var b0 = Vector512.Create(*second++);
                var (a1, a2, a3, b1, b2, b3) = (a0, a0, a0, b0, b0, b0);
                var x = z + row;
                for (var j = 0; j <= i; j++, x += Rows)
                {
                    var (v, w) = (Vector512.Create(first[j]), Vector512.Create(second[j]));
                    var (x0, x1) = (Vector512.Load(x), Vector512.Load(x + Lanes));
                    var (x2, x3) = (Vector512.Load(x + (2 * Lanes)), Vector512.Load(x + (3 * Lanes)));
                    a0 = Vector512.FusedMultiplyAdd(x0, v, a0);
                    a1 = Vector512.FusedMultiplyAdd(x1, v, a1);
                    a2 = Vector512.FusedMultiplyAdd(x2, v, a2);
                    a3 = Vector512.FusedMultiplyAdd(x3, v, a3);
                    b0 = Vector512.FusedMultiplyAdd(x0, w, b0);
                    b1 = Vector512.FusedMultiplyAdd(x1, w, b1);
                    b2 = Vector512.FusedMultiplyAdd(x2, w, b2);
                    b3 = Vector512.FusedMultiplyAdd(x3, w, b3);
                }

                var last = Vector512.Create(second[i + 1]);
                b0 = Vector512.FusedMultiplyAdd(Vector512.Load(x), last, b0);
                b1 = Vector512.FusedMultiplyAdd(Vector512.Load(x + Lanes), last, b1);
                b2 = Vector512.FusedMultiplyAdd(Vector512.Load(x + (2 * Lanes)), last, b2);
                b3 = Vector512.FusedMultiplyAdd(Vector512.Load(x + (3 * Lanes)), last, b3);
                (q0, q1) = (Vector512.FusedMultiplyAdd(a0, a0, q0), Vector512.FusedMultiplyAdd(a1, a1, q1));
                (q2, q3) = (Vector512.FusedMultiplyAdd(a2, a2, q2), Vector512.FusedMultiplyAdd(a3, a3, q3));
                (q0, q1) = (Vector512.FusedMultiplyAdd(b0, b0, q0), Vector512.FusedMultiplyAdd(b1, b1, q1));
                (q2, q3) = (Vector512.FusedMultiplyAdd(b2, b2, q2), Vector512.FusedMultiplyAdd(b3, b3, q3));
                at += (2 * i) + 5;
            }

            if (i < _dimension) LastRow(at, z + row, ref q0, ref q1, ref q2, ref q3);
            var (half, start) = (Vector512.Create(-0.5), Vector512.Create(normalizer));
            Vector512.FusedMultiplyAdd(half, q0, start).Store(joints + row);
            Vector512.FusedMultiplyAdd(half, q1, start).Store(joints + row + Lanes);
            Vector512.FusedMultiplyAdd(half, q2, start).Store(joints + row + (2 * Lanes));
            Vector512.FusedMultiplyAdd(half, q3, start).Store(joints + row + (3 * Lanes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LastRow(
        double* at, double* x, ref Vector512<double> q0, ref Vector512<double> q1, ref Vector512<double> q2, ref Vector512<double> q3)
    {
        var a0 = Vector512.Create(*at++);
        var (a1, a2, a3) = (a0, a0, a0);
        for (var j = 0; j < _dimension; j++, x += Rows)
        {
            var v = Vector512.Create(at[j]);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Load(x), v, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Load(x + Lanes), v, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Load(x + (2 * Lanes)), v, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Load(x + (3 * Lanes)), v, a3);
        }

        (q0, q1) = (Vector512.FusedMultiplyAdd(a0, a0, q0), Vector512.FusedMultiplyAdd(a1, a1, q1));
        (q2, q3) = (Vector512.FusedMultiplyAdd(a2, a2, q2), Vector512.FusedMultiplyAdd(a3, a3, q3));
    }

    /// <summary>Inverse of a lower triangular matrix, packed by rows, into a full one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Invert(ReadOnlySpan<double> packed, int d, double[] inverse)
    {
        Array.Clear(inverse);
        for (int i = 0, start = 0; i < d; start += ++i)
        {
            var scale = 1 / packed[start + i];
            for (var j = 0; j < i; j++)
            {
                var sum = 0.0;
                for (var m = j; m < i; m++) sum += packed[start + m] * inverse[(m * d) + j];
                inverse[(i * d) + j] = -sum * scale;
            }

            inverse[(i * d) + i] = scale;
        }
    }

    private void Lay(int k, double[] inverse, double[] mean)
    {
        var (d, at) = (_dimension, k * RowsLength(_dimension));
        var (block, lane) = (k / Lanes, k % Lanes);
        var lanes = _lanes.AsSpan(block * LanesLength(d));
        for (int i = 0, group = 0; i < d; i++)
        {
            var offset = 0.0;
            for (var j = 0; j <= i; j++) offset -= inverse[(i * d) + j] * mean[j];
            _rows[at++] = offset;
            var (row, terms) = (i % Group, Math.Min((i / Group * Group) + Group, d));
            lanes[((group + row) * Lanes) + lane] = offset;
            for (var j = 0; j <= i; j++)
            {
                _rows[at++] = inverse[(i * d) + j];
                lanes[((group + ((j + 1) * Group) + row) * Lanes) + lane] = inverse[(i * d) + j];
            }

            if (row == Group - 1) group += Group * (terms + 1);
        }
    }
}
