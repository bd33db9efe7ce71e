using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>Logarithms of softmax memberships over columns (Zong et al. 2018, equation 4), in double, and their gradient.</summary>
internal static unsafe class MembershipPass
{
    private const int Lanes = 8;

    /// <summary>logs[k] -= log of the sum over k of exp(logs[k]), for all rows; gives that logarithm.</summary>
    /// <param name="logs">Columns [K, stride].</param>
    /// <param name="components">K.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="totals">Receives the logarithms [rows]; null if not wanted.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalise(double* logs, int components, RowShape rows, double* totals)
    {
        for (var row = 0; row < rows.Padded; row += Lanes)
        {
            var largest = Vector512.Load(logs + row);
            for (var k = 1; k < components; k++) largest = Vector512.Max(largest, Vector512.Load(logs + (k * rows.Stride) + row));
            var sum = Vector512<double>.Zero;
            for (var k = 0; k < components; k++) sum += VectorMath.Exp(Vector512.Load(logs + (k * rows.Stride) + row) - largest);
            var total = largest + VectorMath.Log(sum);
            if (totals != null) total.Store(totals + row);
            for (var k = 0; k < components; k++)
            {
                var at = logs + (k * rows.Stride) + row;
                (Vector512.Load(at) - total).Store(at);
            }
        }
    }

    /// <summary>Gradient by logits from the gradient by logarithms of memberships: g - gamma · sum over k of g.</summary>
    /// <param name="logs">Logarithms of the memberships, columns [K, stride].</param>
    /// <param name="gradient">Columns [K, stride], 0 in padding rows; replaced.</param>
    /// <param name="components">K.</param>
    /// <param name="rows">Rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(double* logs, double* gradient, int components, RowShape rows)
    {
        for (var row = 0; row < rows.Padded; row += Lanes)
        {
            var sum = Vector512<double>.Zero;
            for (var k = 0; k < components; k++) sum += Vector512.Load(gradient + (k * rows.Stride) + row);
            for (var k = 0; k < components; k++)
            {
                var at = (k * rows.Stride) + row;
                (Vector512.Load(gradient + at) - (VectorMath.Exp(Vector512.Load(logs + at)) * sum)).Store(gradient + at);
            }
        }
    }
}
