using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>Reconstruction features z_r from the sums of eight rows; formulas at <see cref="ReconstructionFeatures"/>.</summary>
internal static class ReconstructionFeatureMath
{
    /// <summary>Added to what a logarithm is taken of.</summary>
    public const double LogFloor = 1e-3;

    /// <summary>Added to squares before a root.</summary>
    public const double SquareFloor = 1e-8;

    private const double NormShare = 0.01;

    /// <summary>The two features of the model.</summary>
    public static (Vector512<double> First, Vector512<double> Second) Features(ModelSpec spec, in RowSums sums) =>
        spec.ReconstructionFeatures == ReconstructionFeatures.Log ? Log(spec, sums) : Paper(spec, sums);

    /// <summary>Cosine of x and x' with floors, the norms' product, and the floored square of x'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (Vector512<double> Cosine, Vector512<double> Norms, Vector512<double> Output) Cosine(ModelSpec spec, in RowSums sums)
    {
        var floor = Vector512.Create((NormShare * spec.Features) + SquareFloor);
        var output = sums.Outputs + floor;
        var norms = Vector512.Sqrt((sums.Inputs + floor) * output);
        return (sums.Products / norms, norms, output);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (Vector512<double> First, Vector512<double> Second) Paper(ModelSpec spec, in RowSums sums)
    {
        var floor = Vector512.Create(spec.NormEpsilon);
        var inputNorm = Vector512.Max(Vector512.Sqrt(sums.Inputs), floor);
        var outputNorm = Vector512.Max(Vector512.Sqrt(sums.Outputs), floor);
        return (Vector512.Sqrt(sums.Errors) / inputNorm, sums.Products / (inputNorm * outputNorm));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (Vector512<double> First, Vector512<double> Second) Log(ModelSpec spec, in RowSums sums)
    {
        var (one, floor) = (Vector512<double>.One, Vector512.Create(LogFloor));
        var distance = Vector512.Sqrt(sums.Errors + Vector512.Create(SquareFloor)) / Math.Sqrt(spec.Features);
        var (cosine, _, _) = Cosine(spec, sums);
        return (VectorMath.Log(distance + floor), VectorMath.Log(one - Vector512.Min(cosine, one) + floor));
    }
}
