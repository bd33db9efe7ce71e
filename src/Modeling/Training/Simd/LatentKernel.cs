using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// Products of small matrices with double columns, four rows of the matrix at a time; counts of rows are multiples of
/// <see cref="RowShape.Lanes"/>. Sums run in one fixed order.
/// </summary>
internal static unsafe class LatentKernel
{
    private const int Lanes = 8;
    private const int Block = 4;

    /// <summary>Which part of a matrix is not 0.</summary>
    public enum Shape
    {
        /// <summary>All of it.</summary>
        Full,

        /// <summary>On and below the diagonal.</summary>
        Lower,

        /// <summary>On and above the diagonal.</summary>
        Upper,
    }

    /// <summary>product[i] = bias[i] + sum over j of matrix[i, j] columns[j], for all rows.</summary>
    /// <param name="matrix">Square matrix [d, d].</param>
    /// <param name="step">Distance of its rows and of its columns.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="d">Its size.</param>
    /// <param name="bias">Start values [d]; null for 0.</param>
    /// <param name="columns">Columns [d, stride].</param>
    /// <param name="product">Receives the product, columns [d, stride].</param>
    /// <param name="rows">Rows of both.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        double* matrix, (int Row, int Column) step, Shape shape, int d, double* bias, double* columns, double* product, RowShape rows)
    {
        for (var start = 0; d >= Block && start < d; start += Block)
        {
            // The last block overlaps the one before it and finds the same values again.
            var i = Math.Min(start, d - Block);
            var (first, last) = Range(shape, i, Block, d);
            for (var row = 0; row < rows.Padded; row += 2 * Lanes)
            {
                MultiplyFour(
                    matrix + (i * step.Row), step, first, last, bias == null ? null : bias + i, columns + row,
                    product + (i * rows.Stride) + row, rows.Stride);
            }
        }

        for (var i = 0; d < Block && i < d; i++)
        {
            var (first, last) = Range(shape, i, 1, d);
            var start = Vector512.Create(bias == null ? 0 : bias[i]);
            for (var row = 0; row < rows.Padded; row += 2 * Lanes)
            {
                var (a, b) = (start, start);
                for (var j = first; j < last; j++)
                {
                    var factor = Vector512.Create(matrix[(i * step.Row) + (j * step.Column)]);
                    var at = columns + (j * rows.Stride) + row;
                    a = Vector512.FusedMultiplyAdd(factor, Vector512.Load(at), a);
                    b = Vector512.FusedMultiplyAdd(factor, Vector512.Load(at + Lanes), b);
                }

                a.Store(product + (i * rows.Stride) + row);
                b.Store(product + (i * rows.Stride) + row + Lanes);
            }
        }
    }

    /// <summary>Lower triangle of products[i, j] = sum over rows of left[i] right[j].</summary>
    /// <param name="left">Columns [d, stride].</param>
    /// <param name="right">Columns [d, stride].</param>
    /// <param name="d">Columns.</param>
    /// <param name="products">Receives the sums [d, d], those on and below the diagonal.</param>
    /// <param name="rows">Rows of both.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gram(double* left, double* right, int d, double* products, RowShape rows)
    {
        for (var i = 0; i < d; i += Block)
        {
            // The last block overlaps the one before it and finds the same sums again.
            var row = Math.Max(0, Math.Min(i, d - Block));
            for (var j = 0; j < i + Block && j < d; j += Block)
            {
                var column = Math.Max(0, Math.Min(j, d - Block));
                if (d < Block) continue;
                GramBlock(left + (row * rows.Stride), right + (column * rows.Stride), products + (row * d) + column, d, rows);
            }
        }

        for (var i = 0; d < Block && i < d; i++)
        for (var j = 0; j <= i; j++)
            products[(i * d) + j] = ColumnKernel.Dot(left + (i * rows.Stride), right + (j * rows.Stride), rows.Padded);
    }

    /// <summary>deviations = values - mean; weighted = weights · deviations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Centre(double* values, double mean, double* weights, double* deviations, double* weighted, int count)
    {
        var centre = Vector512.Create(mean);
        for (var i = 0; i < count; i += Lanes)
        {
            var deviation = Vector512.Load(values + i) - centre;
            deviation.Store(deviations + i);
            (Vector512.Load(weights + i) * deviation).Store(weighted + i);
        }
    }

    /// <summary>target += weights · values; gives the sum of weights · values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double AddWeighted(double* target, double* weights, double* values, int count)
    {
        var sum = Vector512<double>.Zero;
        for (var i = 0; i < count; i += Lanes)
        {
            var product = Vector512.Load(weights + i) * Vector512.Load(values + i);
            (Vector512.Load(target + i) + product).Store(target + i);
            sum += product;
        }

        return Vector512.Sum(sum);
    }

    /// <summary>Gradients of one dimension: target += (p + m) deviation, latent += weights (2 p + m).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddCovarianceGradient(
        double* product, double mean, double* deviations, double* weights, double* target, double* latent, int count)
    {
        var (m, two) = (Vector512.Create(mean), Vector512.Create(2.0));
        for (var i = 0; i < count; i += Lanes)
        {
            var p = Vector512.Load(product + i);
            Vector512.FusedMultiplyAdd(p + m, Vector512.Load(deviations + i), Vector512.Load(target + i)).Store(target + i);
            var slope = Vector512.FusedMultiplyAdd(two, p, m);
            Vector512.FusedMultiplyAdd(Vector512.Load(weights + i), slope, Vector512.Load(latent + i)).Store(latent + i);
        }
    }

    private static (int First, int Last) Range(Shape shape, int row, int count, int d) =>
        (shape == Shape.Upper ? row : 0, shape == Shape.Lower ? row + count : d);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyFour(
        double* matrix, (int Row, int Column) step, int first, int last, double* bias, double* columns, double* product, int stride)
    {
        Vector512<double> a0 = default, b0 = default, c0 = default, d0 = default;
        if (bias != null)
            (a0, b0, c0, d0) = (Vector512.Create(bias[0]), Vector512.Create(bias[1]), Vector512.Create(bias[2]), Vector512.Create(bias[3]));
        var (a1, b1, c1, d1) = (a0, b0, c0, d0);
        double* m0 = matrix + (first * step.Column), m1 = m0 + step.Row, m2 = m1 + step.Row, m3 = m2 + step.Row;
        columns += first * stride;
        for (var at = 0; first < last; first++, at += step.Column, columns += stride)
        {
            var (x, y) = (Vector512.Load(columns), Vector512.Load(columns + Lanes));
            var factor = Vector512.Create(m0[at]);
            a0 = Vector512.FusedMultiplyAdd(factor, x, a0);
            a1 = Vector512.FusedMultiplyAdd(factor, y, a1);
            factor = Vector512.Create(m1[at]);
            b0 = Vector512.FusedMultiplyAdd(factor, x, b0);
            b1 = Vector512.FusedMultiplyAdd(factor, y, b1);
            factor = Vector512.Create(m2[at]);
            c0 = Vector512.FusedMultiplyAdd(factor, x, c0);
            c1 = Vector512.FusedMultiplyAdd(factor, y, c1);
            factor = Vector512.Create(m3[at]);
            d0 = Vector512.FusedMultiplyAdd(factor, x, d0);
            d1 = Vector512.FusedMultiplyAdd(factor, y, d1);
        }

        a0.Store(product);
        a1.Store(product + Lanes);
        b0.Store(product + stride);
        b1.Store(product + stride + Lanes);
        c0.Store(product + (2 * stride));
        c1.Store(product + (2 * stride) + Lanes);
        d0.Store(product + (3 * stride));
        d1.Store(product + (3 * stride) + Lanes);
    }

    private static void GramBlock(double* left, double* right, double* products, int d, RowShape rows)
    {
        GramRows(left, right, products, d, rows);
        GramRows(left + (2 * rows.Stride), right, products + (2 * d), d, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GramRows(double* left, double* right, double* products, int d, RowShape rows)
    {
        double* l1 = left + rows.Stride, r1 = right + rows.Stride, r2 = r1 + rows.Stride, r3 = r2 + rows.Stride;
        Vector512<double> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var row = 0; row < rows.Padded; row += Lanes)
        {
            var (x0, x1) = (Vector512.Load(right + row), Vector512.Load(r1 + row));
            var (x2, x3) = (Vector512.Load(r2 + row), Vector512.Load(r3 + row));
            var (a, b) = (Vector512.Load(left + row), Vector512.Load(l1 + row));
            a0 = Vector512.FusedMultiplyAdd(a, x0, a0);
            a1 = Vector512.FusedMultiplyAdd(a, x1, a1);
            a2 = Vector512.FusedMultiplyAdd(a, x2, a2);
            a3 = Vector512.FusedMultiplyAdd(a, x3, a3);
            b0 = Vector512.FusedMultiplyAdd(b, x0, b0);
            b1 = Vector512.FusedMultiplyAdd(b, x1, b1);
            b2 = Vector512.FusedMultiplyAdd(b, x2, b2);
            b3 = Vector512.FusedMultiplyAdd(b, x3, b3);
        }

        products[0] = Vector512.Sum(a0);
        products[1] = Vector512.Sum(a1);
        products[2] = Vector512.Sum(a2);
        products[3] = Vector512.Sum(a3);
        products[d] = Vector512.Sum(b0);
        products[d + 1] = Vector512.Sum(b1);
        products[d + 2] = Vector512.Sum(b2);
        products[d + 3] = Vector512.Sum(b3);
    }
}
