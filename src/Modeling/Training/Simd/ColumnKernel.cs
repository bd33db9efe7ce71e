using System.Runtime.Intrinsics;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// Products and sums of double columns; counts are multiples of <see cref="RowShape.Lanes"/>. Sums run in one fixed order.
/// </summary>
internal static unsafe class ColumnKernel
{
    private const int Lanes = 8;

    /// <summary>Sum of values.</summary>
    public static double Sum(double* values, int count)
    {
        var (a, b) = (Vector512<double>.Zero, Vector512<double>.Zero);
        for (var i = 0; i < count; i += 2 * Lanes) (a, b) = (a + Vector512.Load(values + i), b + Vector512.Load(values + i + Lanes));
        return Vector512.Sum(a + b);
    }

    /// <summary>Sum of left · right.</summary>
    public static double Dot(double* left, double* right, int count)
    {
        var (a, b) = (Vector512<double>.Zero, Vector512<double>.Zero);
        for (var i = 0; i < count; i += 2 * Lanes)
        {
            a = Vector512.FusedMultiplyAdd(Vector512.Load(left + i), Vector512.Load(right + i), a);
            b = Vector512.FusedMultiplyAdd(Vector512.Load(left + i + Lanes), Vector512.Load(right + i + Lanes), b);
        }

        return Vector512.Sum(a + b);
    }

    /// <summary>target = left · right.</summary>
    public static void Multiply(double* left, double* right, double* target, int count)
    {
        for (var i = 0; i < count; i += Lanes) (Vector512.Load(left + i) * Vector512.Load(right + i)).Store(target + i);
    }

    /// <summary>target += factor · values.</summary>
    public static void AddScaled(double* target, double factor, double* values, int count)
    {
        var f = Vector512.Create(factor);
        for (var i = 0; i < count; i += Lanes)
            Vector512.FusedMultiplyAdd(f, Vector512.Load(values + i), Vector512.Load(target + i)).Store(target + i);
    }

    /// <summary>target = scale · (values - shift).</summary>
    public static void Shift(double* values, double shift, double scale, double* target, int count)
    {
        var (s, f) = (Vector512.Create(shift), Vector512.Create(scale));
        for (var i = 0; i < count; i += Lanes) ((Vector512.Load(values + i) - s) * f).Store(target + i);
    }

    /// <summary>target = exp(values - shift).</summary>
    public static void Exp(double* values, double shift, double* target, int count)
    {
        var s = Vector512.Create(shift);
        for (var i = 0; i < count; i += Lanes) Vector512.Exp(Vector512.Load(values + i) - s).Store(target + i);
    }

    /// <summary>Largest value; NaN if one is.</summary>
    public static double Max(double* values, int count)
    {
        var largest = Vector512.Load(values);
        for (var i = Lanes; i < count; i += Lanes) largest = Vector512.Max(largest, Vector512.Load(values + i));
        var result = largest[0];
        for (var i = 1; i < Lanes; i++) result = Math.Max(result, largest[i]);
        return result;
    }

    /// <summary>target = values, in double.</summary>
    public static void Widen(float* values, double* target, int count)
    {
        for (var i = 0; i < count; i += 2 * Lanes)
        {
            var (lower, upper) = Vector512.Widen(Vector512.Load(values + i));
            lower.Store(target + i);
            upper.Store(target + i + Lanes);
        }
    }

    /// <summary>target = values, in float.</summary>
    public static void Narrow(double* values, float* target, int count)
    {
        for (var i = 0; i < count; i += 2 * Lanes)
            Vector512.Narrow(Vector512.Load(values + i), Vector512.Load(values + i + Lanes)).Store(target + i);
    }

    /// <summary>target += factor · values².</summary>
    public static void AddSquares(double* target, double factor, double* values, int count)
    {
        var f = Vector512.Create(factor);
        for (var i = 0; i < count; i += Lanes)
        {
            var value = Vector512.Load(values + i);
            Vector512.FusedMultiplyAdd(f * value, value, Vector512.Load(target + i)).Store(target + i);
        }
    }

    /// <summary>target -= sum over m of factors[m] · columns[m].</summary>
    public static void SubtractSum(double* target, double* factors, int factorStride, double* columns, int stride, int terms, int count)
    {
        for (var i = 0; i < count; i += 2 * Lanes)
        {
            var (a, b) = (Vector512.Load(target + i), Vector512.Load(target + i + Lanes));
            for (var m = 0; m < terms; m++)
            {
                var f = Vector512.Create(-factors[m * factorStride]);
                var at = columns + i + (m * stride);
                a = Vector512.FusedMultiplyAdd(f, Vector512.Load(at), a);
                b = Vector512.FusedMultiplyAdd(f, Vector512.Load(at + Lanes), b);
            }

            a.Store(target + i);
            b.Store(target + i + Lanes);
        }
    }

    /// <summary>target += left · right.</summary>
    public static void AddProduct(double* target, double* left, double* right, int count)
    {
        for (var i = 0; i < count; i += Lanes)
            Vector512.FusedMultiplyAdd(Vector512.Load(left + i), Vector512.Load(right + i), Vector512.Load(target + i)).Store(target + i);
    }

    /// <summary>target += values, widened.</summary>
    public static void AddWidened(double* target, float* values, int count)
    {
        for (var i = 0; i < count; i += 2 * Lanes)
        {
            var (lower, upper) = Vector512.Widen(Vector512.Load(values + i));
            (Vector512.Load(target + i) + lower).Store(target + i);
            (Vector512.Load(target + i + Lanes) + upper).Store(target + i + Lanes);
        }
    }

    /// <summary>target += values, narrowed.</summary>
    public static void AddNarrowed(float* target, double* values, int count)
    {
        for (var i = 0; i < count; i += 2 * Lanes)
        {
            var narrow = Vector512.Narrow(Vector512.Load(values + i), Vector512.Load(values + i + Lanes));
            (Vector512.Load(target + i) + narrow).Store(target + i);
        }
    }
}
