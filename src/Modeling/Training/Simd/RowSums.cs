using System.Runtime.Intrinsics;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>What the reconstruction features of eight rows follow from.</summary>
/// <param name="Errors">||x - x'||².</param>
/// <param name="Inputs">||x||².</param>
/// <param name="Outputs">||x'||².</param>
/// <param name="Products">Inner product of x and x'.</param>
internal readonly record struct RowSums(
    Vector512<double> Errors, Vector512<double> Inputs, Vector512<double> Outputs, Vector512<double> Products);
