using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// Elementary functions on vectors; what a lane gives depends on nothing but that lane. NaN stays NaN. Multiply-adds are fused on every
/// machine, in hardware where it has AVX2, AVX-512 or ARM's AdvSimd: the bits are the same on all of them.
/// </summary>
internal static class VectorMath
{
    // From here on tanh is 1 within the error bound. It must be exactly 1: its derivative 1 - tanh² then vanishes, however extreme x is.
    private const float TanhLimit = 8.6f;
    private const double AsinhLinear = 1e-5;
    private const double ExpSmallest = -708;
    private const double ExpLargest = 709;
    private const double Ln2 = 0.69314718055994530942;

    // The high part has so few bits that its product with any exponent is exact (Cody and Waite 1980).
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const long ExponentBias = 1023;

    // Added to a number below 2^51, it leaves the nearest integer in the low bits of the sum.
    private const double Rounder = 6755399441055744.0;

    // As a double, 2^52 plus what stands in its low bits.
    private const long IntegerBits = 0x4330000000000000;
    private const double IntegerBase = 4503599627370496.0;

    // Bits of sqrt(1/2): mantissas are taken from there to sqrt(2).
    private const long RootHalfBits = 0x3FE6A09E667F3BCD;
    private const double SmallestNormal = 2.2250738585072014e-308;
    private const int MantissaBits = 52;

    /// <summary>
    /// Hyperbolic tangent with a relative error of at most 3e-7, near 0 too: x P(x²)/Q(x²), the rational function with the least relative
    /// error (1.4e-8 before rounding) on [-8.6, 8.6]. All coefficients are positive, so nothing cancels.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector512<float> Clamp(Vector512<float> x, float limit)
    {
        var isBeyond = Vector512.GreaterThan(Vector512.Abs(x), Vector512.Create(limit));
        return Vector512.ConditionalSelect(isBeyond, Vector512.CopySign(Vector512.Create(limit), x), x);
    }

    /// <summary>Inverse hyperbolic sine with a relative error of at most 1e-7, in double inside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector512<float> Asinh(Vector512<float> x)
    {
        var (lower, upper) = Vector512.Widen(x);
        return Vector512.Narrow(Asinh(lower), Asinh(upper));
    }

    /// <summary>
    /// Exponential function with a relative error of at most 1e-15: 2^n times the series of exp(r) to r^13, |r| at most ln(2)/2. Below
    /// -708, where doubles become subnormal, it is 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x)
    {
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(1 / Ln2), Vector512.Create(Rounder));
        var n = shifted - Vector512.Create(Rounder);
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        var p = Vector512.Create(1.0 / 6227020800);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 479001600));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 39916800));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 3628800));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 362880));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 40320));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 5040));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 720));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 120));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 24));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 2));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);
        var scale = ((shifted.AsInt64() + Vector512.Create(ExponentBias)) << MantissaBits).AsDouble();
        var value = Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512.Create(ExpLargest)), Vector512.Create(double.PositiveInfinity), p * scale);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(ExpSmallest)), Vector512<double>.Zero, value);
    }

    /// <summary>
    /// Natural logarithm with a relative error of at most 1e-15, after the algorithm of fdlibm: x = 2^n (1 + f), log(1 + f) by a
    /// polynomial in s = f/(2 + f).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Log(Vector512<double> x)
    {
        var isNormal = Vector512.GreaterThanOrEqual(x, Vector512.Create(SmallestNormal))
            & Vector512.LessThan(x, Vector512.Create(double.PositiveInfinity));
        var value = LogOfNormal(x);
        if (isNormal.AsInt64() == Vector512<long>.AllBitsSet) return value;
        return Vector512.ConditionalSelect(isNormal, value, Vector512.Log(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> LogOfNormal(Vector512<double> x)
    {
        var bits = x.AsInt64();
        var biased = (bits - Vector512.Create(RootHalfBits) + Vector512.Create(ExponentBias << MantissaBits)) >>> MantissaBits;
        var n = (biased | Vector512.Create(IntegerBits)).AsDouble() - Vector512.Create(IntegerBase + ExponentBias);
        var f = (bits - ((biased - Vector512.Create(ExponentBias)) << MantissaBits)).AsDouble() - Vector512<double>.One;
        var s = f / (f + Vector512.Create(2.0));
        var u = s * s;
        var p = Vector512.FusedMultiplyAdd(u, Vector512.Create(1.479819860511658591e-01), Vector512.Create(1.531383769920937332e-01));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(1.818357216161805012e-01));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(2.222219843214978396e-01));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(2.857142874366239149e-01));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(3.999999999940941908e-01));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(6.666666666666735130e-01));
        var half = Vector512.Create(0.5) * f * f;
        var low = Vector512.FusedMultiplyAdd(n, Vector512.Create(Ln2Low), s * Vector512.FusedMultiplyAdd(u, p, half));
        return Vector512.FusedMultiplyAdd(n, Vector512.Create(Ln2High), f - (half - low));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> Asinh(Vector512<double> x)
    {
        var magnitude = Vector512.Abs(x);
        var value = Log(magnitude + Vector512.Sqrt(Vector512.FusedMultiplyAdd(x, x, Vector512<double>.One)));
        // Below, x itself is exact to 2e-11; the logarithm of 1 + x would lose digits.
        var isSmall = Vector512.LessThan(magnitude, Vector512.Create(AsinhLinear));
        return Vector512.ConditionalSelect(isSmall, x, Vector512.CopySign(value, x));
    }
}
