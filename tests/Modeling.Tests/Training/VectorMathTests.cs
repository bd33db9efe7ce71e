using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Tests.Training;

public sealed class VectorMathTests
{
    [Fact]
    public void Tanh_OverTheRange_HasSmallRelativeError()
    {
        foreach (var x in Magnitudes(1e-30f, 40))
        {
            AssertRelative(Math.Tanh(x), Value(VectorMath.Tanh, x), 3e-7, x);
            AssertRelative(Math.Tanh(-x), Value(VectorMath.Tanh, -x), 3e-7, -x);
            Assert.True(Value(VectorMath.Tanh, x) <= 1);
        }
    }

    [Fact]
    public void Tanh_Extremes_AreExact()
    {
        Assert.Equal(0, Value(VectorMath.Tanh, 0));
        Assert.Equal(1, Value(VectorMath.Tanh, float.PositiveInfinity));
        Assert.Equal(-1, Value(VectorMath.Tanh, float.NegativeInfinity));
        Assert.Equal(1, Value(VectorMath.Tanh, 1e30f));
        Assert.Equal(1, Value(VectorMath.Tanh, 9));
        Assert.True(float.IsNaN(Value(VectorMath.Tanh, float.NaN)));
    }

    [Fact]
    public void Asinh_OverTheRange_HasSmallRelativeError()
    {
        foreach (var x in Magnitudes(1e-30f, 1e6f))
        {
            AssertRelative(Math.Asinh(x), Value(VectorMath.Asinh, x), 1e-7, x);
            AssertRelative(Math.Asinh(-x), Value(VectorMath.Asinh, -x), 1e-7, -x);
        }

        Assert.Equal(0, Value(VectorMath.Asinh, 0));
        Assert.True(float.IsNaN(Value(VectorMath.Asinh, float.NaN)));
    }

    [Fact]
    public void Clamp_BeyondTheLimit_KeepsSignAndNaN()
    {
        Assert.Equal(10, Value(x => VectorMath.Clamp(x, 10), float.PositiveInfinity));
        Assert.Equal(-10, Value(x => VectorMath.Clamp(x, 10), -11));
        Assert.Equal(9.5f, Value(x => VectorMath.Clamp(x, 10), 9.5f));
        Assert.True(float.IsNaN(Value(x => VectorMath.Clamp(x, 10), float.NaN)));
    }

    [Fact]
    public void Exp_OverTheRange_HasSmallRelativeError()
    {
        for (var x = -707.9; x < 700; x += 0.0371)
        {
            var got = VectorMath.Exp(Vector512.Create(x))[5];
            Assert.True(Math.Abs(got - Math.Exp(x)) <= 1e-15 * Math.Exp(x), $"exp({x:R}) = {got:R}, expected {Math.Exp(x):R}");
        }
    }

    [Fact]
    public void Exp_Extremes_DoNotTouchTheirNeighbours()
    {
        var extremes = Vector512.Create(double.NaN, double.NegativeInfinity, double.PositiveInfinity, -1e300, 1e300, 0, -0.7, -1e-300);
        var got = VectorMath.Exp(extremes);
        Assert.True(double.IsNaN(got[0]));
        Assert.Equal([0, double.PositiveInfinity, 0, double.PositiveInfinity, 1], [got[1], got[2], got[3], got[4], got[5]]);
        Assert.Equal(VectorMath.Exp(Vector512.Create(-0.7))[0], got[6]);
        Assert.Equal(1, got[7]);
    }

    [Fact]
    public void Log_OverTheRange_HasSmallRelativeError()
    {
        for (var x = 1e-318; x < double.MaxValue / 1.01; x *= 1.0071)
            AssertLog(x);
        for (var x = 0.5; x < 2; x += 0.00137) AssertLog(x);
        Assert.Equal(0, VectorMath.Log(Vector512.Create(1.0))[2]);
        var got = VectorMath.Log(Vector512.Create(double.NaN, double.PositiveInfinity, 0, -1, 1, 7, 1e-300, 1e300));
        Assert.True(double.IsNaN(got[0]) && double.IsPositiveInfinity(got[1]) && double.IsNegativeInfinity(got[2]) && double.IsNaN(got[3]));
        Assert.Equal(VectorMath.Log(Vector512.Create(7.0))[0], got[5]);
    }

    private static void AssertLog(double x)
    {
        var (got, expected) = (VectorMath.Log(Vector512.Create(x))[1], Math.Log(x));
        Assert.True(Math.Abs(got - expected) <= 1e-15 * Math.Abs(expected), $"log({x:R}) = {got:R}, expected {expected:R}");
    }

    private static float Value(Func<Vector512<float>, Vector512<float>> function, float x) => function(Vector512.Create(x))[3];

    private static IEnumerable<float> Magnitudes(float from, float to)
    {
        for (var x = from; x < to; x *= 1.0013f) yield return x;
    }

    private static void AssertRelative(double expected, double got, double tolerance, float x) =>
        Assert.True(Math.Abs(expected - got) <= tolerance * Math.Abs(expected), $"f({x:R}) = {got:R}, expected {expected:R}");
}
