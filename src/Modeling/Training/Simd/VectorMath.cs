using System.Runtime.Intrinsics;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>Elementary functions on vectors, with the same bits on every machine. NaN stays NaN.</summary>
internal static class VectorMath
{
    // From here on tanh is 1 within the error bound. It must be exactly 1: its derivative 1 - tanh² then vanishes, however extreme x is.
    private const float TanhLimit = 8.6f;
    private const double AsinhLinear = 1e-5;

    /// <summary>
    /// Hyperbolic tangent with a relative error of at most 3e-7, near 0 too: x P(x²)/Q(x²), the rational function with the least relative
    /// error (1.4e-8 before rounding) on [-8.6, 8.6]. All coefficients are positive, so nothing cancels.
    /// </summary>
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        var u = x * x;
        var p = Vector512.FusedMultiplyAdd(u, Vector512.Create(1.408516833875464e-08f), Vector512.Create(2.1124485575894722e-05f));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(0.0035265357266345367f));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(0.13406990326225623f));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(0.9999999870891264f));
        var q = Vector512.FusedMultiplyAdd(u, Vector512.Create(8.071788466101065e-07f), Vector512.Create(0.00033364852843374015f));
        q = Vector512.FusedMultiplyAdd(u, q, Vector512.Create(0.025994416639056026f));
        q = Vector512.FusedMultiplyAdd(u, q, Vector512.Create(0.4674031201561448f));
        q = Vector512.FusedMultiplyAdd(u, q, Vector512<float>.One);
        var tanh = x * (p / q);
        // Rounding must not lift it above 1 either.
        var one = Vector512.CopySign(Vector512<float>.One, x);
        var isOne = Vector512.GreaterThan(Vector512.Abs(x), Vector512.Create(TanhLimit))
            | Vector512.GreaterThan(Vector512.Abs(tanh), Vector512<float>.One);
        return Vector512.ConditionalSelect(isOne, one, tanh);
    }

    /// <summary>x between -limit and limit.</summary>
    public static Vector512<float> Clamp(Vector512<float> x, float limit)
    {
        var isBeyond = Vector512.GreaterThan(Vector512.Abs(x), Vector512.Create(limit));
        return Vector512.ConditionalSelect(isBeyond, Vector512.CopySign(Vector512.Create(limit), x), x);
    }

    /// <summary>Inverse hyperbolic sine with a relative error of at most 1e-7, in double inside.</summary>
    public static Vector512<float> Asinh(Vector512<float> x)
    {
        var (lower, upper) = Vector512.Widen(x);
        return Vector512.Narrow(Asinh(lower), Asinh(upper));
    }

    private static Vector512<double> Asinh(Vector512<double> x)
    {
        var magnitude = Vector512.Abs(x);
        var value = Vector512.Log(magnitude + Vector512.Sqrt(Vector512.FusedMultiplyAdd(x, x, Vector512<double>.One)));
        // Below, x itself is exact to 2e-11; the logarithm of 1 + x would lose digits.
        var isSmall = Vector512.LessThan(magnitude, Vector512.Create(AsinhLinear));
        return Vector512.ConditionalSelect(isSmall, x, Vector512.CopySign(value, x));
    }
}
