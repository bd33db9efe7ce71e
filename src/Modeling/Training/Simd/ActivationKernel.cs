using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>Elementwise steps between layers; counts are multiples of <see cref="RowShape.Lanes"/>.</summary>
internal static unsafe class ActivationKernel
{
    private const float Leak = 0.1f;
    private const int Lanes = RowShape.Lanes;

    /// <summary>values = f(values).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* values, int count, Activation activation)
    {
        var isTanh = activation == Activation.Tanh;
        for (var i = 0; i < count; i += Lanes)
        {
            var x = Vector512.Load(values + i);
            (isTanh ? VectorMath.Tanh(x) : Select(x, x, x * Leak)).Store(values + i);
        }
    }

    /// <summary>gradient *= f'(x), told from the outputs f(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* gradient, float* outputs, int count, Activation activation)
    {
        var isTanh = activation == Activation.Tanh;
        for (var i = 0; i < count; i += Lanes)
        {
            var (g, y) = (Vector512.Load(gradient + i), Vector512.Load(outputs + i));
            (isTanh ? g * Vector512.FusedMultiplyAdd(-y, y, Vector512<float>.One) : Select(y, g, g * Leak)).Store(gradient + i);
        }
    }

    /// <summary>product = values · factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* values, float* factors, float* product, int count)
    {
        for (var i = 0; i < count; i += Lanes) (Vector512.Load(values + i) * Vector512.Load(factors + i)).Store(product + i);
    }

    /// <summary>The first where <paramref name="sign"/> ≥ 0, the second elsewhere.</summary>
    private static Vector512<float> Select(Vector512<float> sign, Vector512<float> first, Vector512<float> second) =>
        Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(sign, Vector512<float>.Zero), first, second);
}
