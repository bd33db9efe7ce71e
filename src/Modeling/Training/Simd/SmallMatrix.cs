namespace DagmmStream.Modeling.Training.Simd;

/// <summary>Algebra of one small matrix [D, D], row-major, in double.</summary>
internal static unsafe class SmallMatrix
{
    private const double FirstJitter = 1e-6;
    private const int MaximumRepairs = 17;

    /// <summary>
    /// Lower Cholesky factor; a matrix that has none gets jitter of 1e-6 of its mean diagonal, times ten until it succeeds.
    /// </summary>
    /// <param name="matrix">Symmetric matrix.</param>
    /// <param name="d">D.</param>
    /// <param name="factor">Receives the factor; its upper triangle is not written.</param>
    /// <param name="repairs">Raised by 1 if jitter was needed.</param>
    /// <returns>False if a value is not finite.</returns>
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

    /// <summary>matrix = L^-T matrix L^-1 for a symmetric matrix.</summary>
    public static void Unwhiten(double* factor, double* matrix, int d)
    {
        // Rows first, then, the matrix being symmetric, columns: X = M L^-1 solves X L = M row by row from the last column.
        for (var row = 0; row < d; row++) SolveRow(factor, matrix + (row * d), 1, d);
        for (var column = 0; column < d; column++) SolveRow(factor, matrix + column, d, d);
    }

    /// <summary>Sum over i, j of left[i, j] right[i, j].</summary>
    public static double Inner(double* left, double* right, int d)
    {
        var sum = 0.0;
        for (var i = 0; i < d * d; i++) sum += left[i] * right[i];
        return sum;
    }

    /// <summary>product = matrix · vector.</summary>
    public static void Apply(double* matrix, double* vector, double* product, int d)
    {
        for (var i = 0; i < d; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < d; j++) sum += matrix[(i * d) + j] * vector[j];
            product[i] = sum;
        }
    }

    private static void SolveRow(double* factor, double* values, int stride, int d)
    {
        for (var j = d - 1; j >= 0; j--)
        {
            var value = values[j * stride];
            for (var m = j + 1; m < d; m++) value -= values[m * stride] * factor[(m * d) + j];
            values[j * stride] = value / factor[(j * d) + j];
        }
    }

    private static bool TryFactorise(double* matrix, int d, double jitter, double* factor)
    {
        for (var i = 0; i < d; i++)
        for (var j = 0; j <= i; j++)
        {
            var value = matrix[(i * d) + j] + (i == j ? jitter : 0);
            for (var m = 0; m < j; m++) value -= factor[(i * d) + m] * factor[(j * d) + m];
            if (i != j)
            {
                factor[(i * d) + j] = value / factor[(j * d) + j];
                continue;
            }

            // NaN fails this too.
            if (!(value > 0) || double.IsPositiveInfinity(value)) return false;
            factor[(i * d) + i] = Math.Sqrt(value);
        }

        return true;
    }
}
