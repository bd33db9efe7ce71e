using System.Runtime.CompilerServices;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>Algebra of one small matrix [D, D], row-major, in double; factors and scratch have rows padded to whole vectors.</summary>
internal static unsafe class SmallMatrix
{
    private const double FirstJitter = 1e-6;
    private const int MaximumRepairs = 17;

    /// <summary>Distance between the rows of a padded matrix: D rounded up to whole pairs of vectors.</summary>
    public static int PaddedStride(int d) => (d + RowShape.Lanes - 1) / RowShape.Lanes * RowShape.Lanes;

    /// <summary>
    /// Transposed Cholesky factor U, U' U = matrix; a matrix that has none gets jitter of 1e-6 of its mean diagonal, times ten until it
    /// succeeds.
    /// </summary>
    /// <param name="matrix">Symmetric matrix.</param>
    /// <param name="d">D.</param>
    /// <param name="factor">Receives the factor, padded; below its diagonal stands nothing of use.</param>
    /// <param name="repairs">Raised by 1 if jitter was needed.</param>
    /// <returns>False if a value is not finite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryFactorise(double* matrix, int d, double* factor, ref int repairs)
    {
        if (TryFactorise(matrix, d, 0, factor)) return true;
        if (new ReadOnlySpan<double>(matrix, d * d).ContainsAnyExceptInRange(double.MinValue, double.MaxValue)) return false;
        repairs++;
        var scale = 0.0;
        for (var i = 0; i < d; i++) scale += Math.Abs(matrix[(i * d) + i]) / d;
        var jitter = FirstJitter * (scale > 0 ? scale : 1);
        for (var step = 0; step < MaximumRepairs; step++, jitter *= 10)
            if (TryFactorise(matrix, d, jitter, factor)) return true;
        return false;
    }

    /// <summary>matrix = U^-1 matrix U'^-1 for a symmetric matrix.</summary>
    /// <param name="factor">U, padded.</param>
    /// <param name="matrix">Symmetric matrix; replaced.</param>
    /// <param name="d">D.</param>
    /// <param name="scratch">Two padded matrices.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unwhiten(double* factor, double* matrix, int d, double* scratch)
    {
        var stride = PaddedStride(d);
        var other = scratch + (d * stride);
        for (var i = 0; i < d; i++) CopyRow(matrix + (i * d), d, scratch + (i * stride), stride);
        SolveRows(factor, scratch, d);
        for (var i = 0; i < d; i++)
        {
            new Span<double>(other + (i * stride) + d, stride - d).Clear();
            for (var j = 0; j < d; j++) other[(i * stride) + j] = scratch[(j * stride) + i];
        }

        SolveRows(factor, other, d);
        for (var i = 0; i < d; i++)
        for (var j = 0; j <= i; j++) matrix[(i * d) + j] = matrix[(j * d) + i] = other[(i * stride) + j];
    }

    /// <summary>U^-1, upper triangular.</summary>
    /// <param name="factor">U, padded.</param>
    /// <param name="d">D.</param>
    /// <param name="inverse">Receives the inverse, padded; zeros below its diagonal.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invert(double* factor, int d, double* inverse)
    {
        var stride = PaddedStride(d);
        new Span<double>(inverse, d * stride).Clear();
        for (var i = 0; i < d; i++) inverse[(i * stride) + i] = 1;
        SolveRows(factor, inverse, d);
    }

    /// <summary>Sum over i, j of left[i, j] right[i, j].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Inner(double* left, double* right, int d)
    {
        var sum = 0.0;
        for (var i = 0; i < d * d; i++) sum += left[i] * right[i];
        return sum;
    }

    /// <summary>product = matrix · vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(double* matrix, double* vector, double* product, int d)
    {
        for (var i = 0; i < d; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < d; j++) sum += matrix[(i * d) + j] * vector[j];
            product[i] = sum;
        }
    }

    /// <summary>rows = U^-1 rows, whole rows at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SolveRows(double* factor, double* rows, int d)
    {
        var stride = PaddedStride(d);
        for (var i = d - 1; i >= 0; i--)
        {
            var row = rows + (i * stride);
            ColumnKernel.SubtractSum(row, factor + (i * stride) + i + 1, 1, row + stride, stride, d - 1 - i, stride);
            ColumnKernel.Shift(row, 0, 1 / factor[(i * stride) + i], row, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryFactorise(double* matrix, int d, double jitter, double* factor)
    {
        var stride = PaddedStride(d);
        for (var i = 0; i < d; i++)
        {
            var row = factor + (i * stride);
            CopyRow(matrix + (i * d), d, row, stride);
            row[i] += jitter;
            ColumnKernel.SubtractSum(row, factor + i, stride, factor, stride, i, stride);
            // NaN fails this too.
            if (!(row[i] > 0) || double.IsPositiveInfinity(row[i])) return false;
            ColumnKernel.Shift(row, 0, 1 / Math.Sqrt(row[i]), row, stride);
        }

        return true;
    }

    private static void CopyRow(double* source, int count, double* target, int stride)
    {
        new Span<double>(source, count).CopyTo(new Span<double>(target, count));
        new Span<double>(target + count, stride - count).Clear();
    }
}
