using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Conformance;

/// <summary>
/// How far an evaluator is from a golden case.
/// </summary>
/// <remarks>
/// Errors: of J |a-b| / max(|b|, tiny); of energies the largest |a-b| / max(|b|, 1), since an energy may be close to 0; of the gradient the
/// largest over parameter blocks of max|a-b| / max(max|b| in the block, share · max|b| overall), so that a small block cannot hide behind
/// a large one; the share is 1e-3 in float64 and 1 in float32, whose rounding noise scales with the largest gradient. No gradient is
/// measured against less than 1e-6 of J: that would ask for more than J's own last digit.
/// Tolerances: float64 1e-9 on everything; float32 1e-5 on J and energies and 1e-4 on the gradient. Where the reference's own float32 is
/// further than that from float64, <see cref="NoiseFactor"/> times its distance; for energies, which no bar of the format covers, that
/// also when it is nearer. Not compared, being cancellation noise: gradients of near_singular_eps1e-12, of est.* in near_singular and of
/// est.* with a single row, whose memberships change nothing.
/// </remarks>
/// <param name="Case">Name of the case.</param>
/// <param name="Evaluator">Name of the evaluator.</param>
/// <param name="Precision">Precision of the networks.</param>
/// <param name="EnergyError">Relative error of the energies.</param>
/// <param name="ObjectiveError">Relative error of J.</param>
/// <param name="GradientError">Relative error of the gradient; null if the evaluator has none or the case's is not compared.</param>
/// <param name="Passed">True if every error is within its tolerance.</param>
public sealed record GoldenCheck(
    string Case, string Evaluator, Precision Precision, double EnergyError, double ObjectiveError, double? GradientError, bool Passed)
{
    /// <summary>How many times the reference's own float32 error is allowed where that exceeds the tolerance.</summary>
    public const double NoiseFactor = 4;

    private const double DoubleTolerance = 1e-9;
    private const double SingleTolerance = 1e-5;
    private const double SingleGradientTolerance = 1e-4;
    private const double ObjectiveShare = 1e-6;

    /// <summary>Evaluates a case and compares.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="evaluator">The evaluator.</param>
    /// <param name="precision">Precision of the networks; must be supported.</param>
    /// <returns>The errors.</returns>
    public static GoldenCheck Run(GoldenCase golden, IObjectiveEvaluator evaluator, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(golden);
        ArgumentNullException.ThrowIfNull(evaluator);
        var got = evaluator.Evaluate(golden.Spec, golden.Weights, golden.Batch, golden.Rows, golden.DropoutMask, precision);
        var expected = golden.Expected;
        var energyError = EnergyErrorOf(got.Energies, expected.Energies);
        var objectiveError = ScalarError(got.Objective, expected.Objective);
        var gradientError = got.Gradient.Length == 0 ? null : GradientErrorOf(golden, got.Gradient, precision);
        var (energyTolerance, objectiveTolerance, gradientTolerance) = precision == Precision.Double
            ? (DoubleTolerance, DoubleTolerance, DoubleTolerance)
            : (Math.Max(SingleTolerance, NoiseFactor * EnergyErrorOf(golden.SingleEnergies, expected.Energies)),
               Noisy(ScalarError(golden.SingleObjective, expected.Objective), SingleTolerance),
               Noisy(golden.SingleGradientError, SingleGradientTolerance));
        // A NaN error fails every comparison.
        var passed = energyError <= energyTolerance && objectiveError <= objectiveTolerance
            && (gradientError is null || gradientError.Value <= gradientTolerance);
        return new GoldenCheck(golden.Name, evaluator.Name, precision, energyError, objectiveError, gradientError, passed);
    }

    private static double Noisy(double referenceError, double tolerance) =>
        referenceError <= tolerance ? tolerance : NoiseFactor * referenceError;

    private static double ScalarError(double got, double expected) =>
        Math.Abs(got - expected) / Math.Max(Math.Abs(expected), double.Epsilon);

    private static double EnergyErrorOf(double[] got, double[] expected)
    {
        if (got.Length != expected.Length) return double.PositiveInfinity;
        var worst = 0.0;
        for (var i = 0; i < got.Length; i++) worst = Math.Max(worst, Math.Abs(got[i] - expected[i]) / Math.Max(Math.Abs(expected[i]), 1));
        return worst;
    }

    private static double? GradientErrorOf(GoldenCase golden, double[] got, Precision precision)
    {
        if (got.Length != golden.Gradient.Length) return double.PositiveInfinity;
        var largest = Math.Max(golden.Gradient.Max(Math.Abs), ObjectiveShare * Math.Abs(golden.Expected.Objective));
        var floor = largest * (precision == Precision.Double ? 1e-3 : 1);
        double? worst = null;
        foreach (var block in new ParameterLayout(golden.Spec).Blocks)
        {
            if (IsNoise(golden, block.Name)) continue;
            var (difference, size) = (0.0, 0.0);
            for (var i = block.Offset; i < block.Offset + block.Length; i++)
            {
                difference = Math.Max(difference, Math.Abs(got[i] - golden.Gradient[i]));
                size = Math.Max(size, Math.Abs(golden.Gradient[i]));
            }

            worst = Math.Max(worst ?? 0, difference / Math.Max(Math.Max(size, floor), double.Epsilon));
        }

        return worst;
    }

    private static bool IsNoise(GoldenCase golden, string block) => golden.Name == "near_singular_eps1e-12"
        || ((golden.Rows == 1 || golden.Name == "near_singular") && block.StartsWith("est.", StringComparison.Ordinal));
}
