using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// Products and sums of double columns; counts are multiples of <see cref="RowShape.Lanes"/>. Sums run in one fixed order.
/// </summary>
internal static unsafe class ColumnKernel
{
    private const int Lanes = 8;

    /// <summary>Sum of values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(double* values, int count)
    {
        var (a, b) = (Vector512<double>.Zero, Vector512<double>.Zero);
        for (var i = 0; i < count; i += 2 * Lanes) (a, b) = (a + Vector512.Load(values + i), b + Vector512.Load(values + i + Lanes));
        return Vector512.Sum(a + b);
    }

    /// <summary>Sum of left · right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(double* left, double* right, double* target, int count)
    {
        for (var i = 0; i < count; i += Lanes) (Vector512.Load(left + i) * Vector512.Load(right + i)).Store(target + i);
    }

    /// <summary>target += factor · values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double* target, double factor, double* values, int count)
    {
        var f = Vector512.Create(factor);
        for (var i = 0; i < count; i += Lanes)
            Vector512.FusedMultiplyAdd(f, Vector512.Load(values + i), Vector512.Load(target + i)).Store(target + i);
    }

    /// <summary>target = scale · (values - shift).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Shift(double* values, double shift, double scale, double* target, int count)
    {
        var (s, f) = (Vector512.Create(shift), Vector512.Create(scale));
        for (var i = 0; i < count; i += Lanes) ((Vector512.Load(values + i) - s) * f).Store(target + i);
    }

    /// <summary>target = exp(values - shift).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Exp(double* values, double shift, double* target, int count)
    {
        var s = Vector512.Create(shift);
        for (var i = 0; i < count; i += Lanes) VectorMath.Exp(Vector512.Load(values + i) - s).Store(target + i);
    }

    /// <summary>Largest value; NaN if one is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Max(double* values, int count)
    {
        var largest = Vector512.Load(values);
        for (var i = Lanes; i < count; i += Lanes) largest = Vector512.Max(largest, Vector512.Load(values + i));
        var result = largest[0];
        for (var i = 1; i < Lanes; i++) result = Math.Max(result, largest[i]);
        return result;
    }

    /// <summary>target = values, in double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(double* values, float* target, int count)
    {
        for (var i = 0; i < count; i += 2 * Lanes)
            Vector512.Narrow(Vector512.Load(values + i), Vector512.Load(values + i + Lanes)).Store(target + i);
    }

    /// <summary>target += factor · values².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSquares(double* target, double factor, double* values, int count)
    {
        var f = Vector512.Create(factor);
        for (var i = 0; i < count; i += Lanes)
        {
            var value = Vector512.Load(values + i);
            Vector512.FusedMultiplyAdd(f * value, value, Vector512.Load(target + i)).Store(target + i);
        }
    }

    /// <summary>products[m] = sum of left · column m, for four columns at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dot4(double* left, double* columns, int stride, int count, double* products)
    {
        double* c0 = columns, c1 = c0 + stride, c2 = c1 + stride, c3 = c2 + stride;
        Vector512<double> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var i = 0; i < count; i += 2 * Lanes)
        {
            var (x, y) = (Vector512.Load(left + i), Vector512.Load(left + i + Lanes));
            a0 = Vector512.FusedMultiplyAdd(x, Vector512.Load(c0 + i), a0);
            b0 = Vector512.FusedMultiplyAdd(y, Vector512.Load(c0 + i + Lanes), b0);
            a1 = Vector512.FusedMultiplyAdd(x, Vector512.Load(c1 + i), a1);
            b1 = Vector512.FusedMultiplyAdd(y, Vector512.Load(c1 + i + Lanes), b1);
            a2 = Vector512.FusedMultiplyAdd(x, Vector512.Load(c2 + i), a2);
            b2 = Vector512.FusedMultiplyAdd(y, Vector512.Load(c2 + i + Lanes), b2);
            a3 = Vector512.FusedMultiplyAdd(x, Vector512.Load(c3 + i), a3);
            b3 = Vector512.FusedMultiplyAdd(y, Vector512.Load(c3 + i + Lanes), b3);
        }

        products[0] = Vector512.Sum(a0 + b0);
        products[1] = Vector512.Sum(a1 + b1);
        products[2] = Vector512.Sum(a2 + b2);
        products[3] = Vector512.Sum(a3 + b3);
    }

    /// <summary>products[m] = sum of left · column m; the same bits as <see cref="Dot"/> of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dots(double* left, double* columns, int stride, int columnCount, int count, double* products)
    {
        var m = 0;
        for (; m + 4 <= columnCount; m += 4) Dot4(left, columns + (m * stride), stride, count, products + m);
        for (; m < columnCount; m++) products[m] = Dot(left, columns + (m * stride), count);
    }

    /// <summary>target -= sum over m of factors[m] · columns[m].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SubtractSum(double* target, double* factors, int factorStride, double* columns, int stride, int terms, int count)
    {
        var i = 0;
        for (; i + (6 * Lanes) <= count; i += 6 * Lanes)
            SubtractSum6(target + i, factors, factorStride, columns + i, stride, terms);
        for (; i < count; i += 2 * Lanes)
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

    /// <summary>Six vectors: enough running sums to hide the latency of a multiply-add.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SubtractSum6(double* target, double* factors, int factorStride, double* columns, int stride, int terms)
    {
        var (a, b, c) = (Vector512.Load(target), Vector512.Load(target + Lanes), Vector512.Load(target + (2 * Lanes)));
        var (d, e, f) = (Vector512.Load(target + (3 * Lanes)), Vector512.Load(target + (4 * Lanes)), Vector512.Load(target + (5 * Lanes)));
        for (var m = 0; m < terms; m++, factors += factorStride, columns += stride)
        {
            var factor = Vector512.Create(-*factors);
            a = Vector512.FusedMultiplyAdd(factor, Vector512.Load(columns), a);
            b = Vector512.FusedMultiplyAdd(factor, Vector512.Load(columns + Lanes), b);
            c = Vector512.FusedMultiplyAdd(factor, Vector512.Load(columns + (2 * Lanes)), c);
            d = Vector512.FusedMultiplyAdd(factor, Vector512.Load(columns + (3 * Lanes)), d);
            e = Vector512.FusedMultiplyAdd(factor, Vector512.Load(columns + (4 * Lanes)), e);
            f = Vector512.FusedMultiplyAdd(factor, Vector512.Load(columns + (5 * Lanes)), f);
        }

        a.Store(target);
        b.Store(target + Lanes);
        c.Store(target + (2 * Lanes));
        d.Store(target + (3 * Lanes));
        e.Store(target + (4 * Lanes));
        f.Store(target + (5 * Lanes));
    }

    /// <summary>target += left · right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddProduct(double* target, double* left, double* right, int count)
    {
        for (var i = 0; i < count; i += Lanes)
            Vector512.FusedMultiplyAdd(Vector512.Load(left + i), Vector512.Load(right + i), Vector512.Load(target + i)).Store(target + i);
    }

    /// <summary>target += values, widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddNarrowed(float* target, double* values, int count)
    {
        for (var i = 0; i < count; i += 2 * Lanes)
        {
            var narrow = Vector512.Narrow(Vector512.Load(values + i), Vector512.Load(values + i + Lanes));
            (Vector512.Load(target + i) + narrow).Store(target + i);
        }
    }

    /// <summary>values = (values - mean) / deviation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Standardize(double* values, double mean, double deviation, int count)
    {
        var (m, s) = (Vector512.Create(mean), Vector512.Create(deviation));
        for (var i = 0; i < count; i += Lanes) ((Vector512.Load(values + i) - m) / s).Store(values + i);
    }

    /// <summary>values = -values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Negate(double* values, int count)
    {
        for (var i = 0; i < count; i += Lanes) (-Vector512.Load(values + i)).Store(values + i);
    }
}
