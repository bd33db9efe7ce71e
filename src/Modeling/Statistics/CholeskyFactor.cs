using System.Runtime.CompilerServices;

namespace DagmmStream.Modeling.Statistics;

/// <summary>The lower Cholesky factor C of a symmetric positive definite matrix, C C' = A, packed by rows, in double. Immutable.</summary>
public sealed class CholeskyFactor
{
    /// <summary>First jitter, as a share of the mean diagonal.</summary>
    public const double FirstJitter = 1e-6;

    // Seventeen tenfold steps from 1e-6: far above any finite matrix that needs repair; what is left then is not finite.
    private const int MaximumRepairs = 17;
    private readonly double[] _packed;

    private CholeskyFactor(int dimension, double[] packed)
    {
        (Dimension, _packed) = (dimension, packed);
        for (var i = 0; i < dimension; i++) LogDiagonalSum += Math.Log(packed[RowStart(i) + i]);
    }

    /// <summary>Rows and columns D.</summary>
    public int Dimension { get; }

    /// <summary>Sum of the logarithms of the diagonal: half the log determinant of A.</summary>
    public double LogDiagonalSum { get; }

    /// <summary>The factor's lower triangle by rows [D (D+1)/2].</summary>
    public ReadOnlySpan<double> Packed => _packed;

    /// <summary>
    /// Factorises a matrix. While it is not positive definite, <see cref="FirstJitter"/> of its mean diagonal, then ten times as much and
    /// so
    /// on, is added to its diagonal.
    /// </summary>
    /// <param name="matrix">Symmetric matrix [D, D], row-major; only the lower triangle is read.</param>
    /// <param name="dimension">D.</param>
    /// <param name="repairs">Jitters added; 0 if the matrix was positive definite.</param>
    /// <returns>The factor, or null if the matrix has a value that is not finite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static CholeskyFactor? Create(ReadOnlySpan<double> matrix, int dimension, out int repairs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(matrix.Length, dimension * dimension, nameof(matrix));
        var packed = new double[dimension * (dimension + 1) / 2];
        var scale = 0.0;
        for (var i = 0; i < dimension; i++) scale += Math.Abs(matrix[(i * dimension) + i]) / dimension;
        // A matrix of zeros has no scale of its own.
        var jitter = FirstJitter * (scale > 0 ? scale : 1);
        repairs = 0;
        if (TryFactorise(matrix, dimension, 0, packed)) return new CholeskyFactor(dimension, packed);
        if (matrix[..(dimension * dimension)].ContainsAnyExceptInRange(double.MinValue, double.MaxValue)) return null;
        while (repairs < MaximumRepairs)
        {
            repairs++;
            if (TryFactorise(matrix, dimension, jitter, packed)) return new CholeskyFactor(dimension, packed);
            jitter *= 10;
        }

        return null;
    }

    /// <summary>Squared Mahalanobis length ||C^-1 v||² of a vector under A, by forward substitution.</summary>
    /// <param name="vector">v [D]; overwritten by C^-1 v.</param>
    /// <returns>The squared length.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double SquaredLength(Span<double> vector)
    {
        var (sum, at) = (0.0, 0);
        for (var i = 0; i < Dimension; i++)
        {
            var value = vector[i];
            for (var j = 0; j < i; j++) value -= _packed[at++] * vector[j];
            value /= _packed[at++];
            vector[i] = value;
            sum += value * value;
        }

        return sum;
    }

    /// <summary>The matrix A = C C'.</summary>
    /// <param name="matrix">Receives A [D, D], row-major.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Reconstruct(Span<double> matrix)
    {
        for (var i = 0; i < Dimension; i++)
        for (var j = 0; j <= i; j++)
        {
            var sum = DenseMath.Dot<double>(_packed.AsSpan(RowStart(j), j + 1), _packed.AsSpan(RowStart(i), j + 1));
            matrix[(i * Dimension) + j] = matrix[(j * Dimension) + i] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static CholeskyFactor? FromPacked(int dimension, double[] packed)
    {
        for (var i = 0; i < dimension; i++)
            if (!(packed[RowStart(i) + i] > 0)) return null;
        return new CholeskyFactor(dimension, packed);
    }

    private static int RowStart(int row) => row * (row + 1) / 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryFactorise(ReadOnlySpan<double> matrix, int dimension, double jitter, double[] packed)
    {
        for (var i = 0; i < dimension; i++)
        for (var j = 0; j <= i; j++)
        {
            var value = matrix[(i * dimension) + j] + (i == j ? jitter : 0);
            value -= DenseMath.Dot<double>(packed.AsSpan(RowStart(j), j), packed.AsSpan(RowStart(i), j));
            if (i != j)
            {
                packed[RowStart(i) + j] = value / packed[RowStart(j) + j];
                continue;
            }

            // NaN fails this too.
            if (!(value > 0) || double.IsPositiveInfinity(value)) return false;
            packed[RowStart(i) + i] = Math.Sqrt(value);
        }

        return true;
    }
}
