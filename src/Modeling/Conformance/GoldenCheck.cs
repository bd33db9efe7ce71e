using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Conformance;

/// <summary>
/// How far an evaluator is from a golden case.
/// </summary>
/// <remarks>
/// Errors: of J |a-b| / max(|b|, tiny); of energies the largest |a-b| / max(|b|, 1), since an energy may be close to 0; of the gradient
/// max|a-b| / max|b| over all parameters, as the format's own float32 entry measures it, but never against less than 1e-6 of J: that
/// would ask for more than J's own last digit.
/// Tolerances: float64 1e-9 on everything; float32 1e-5 on J and energies and 1e-4 on the gradient. A case may be too ill-conditioned
/// for that in float32; there <see cref="NoiseFactor"/> times what rounding its weights and rows alone does
/// (<see cref="GoldenConditioning"/>), or times the error of the reference's own float32 if that is larger. Not compared, being
/// cancellation noise: gradients of near_singular_eps1e-12, of est.* in near_singular and of est.* with a single row, whose memberships
/// change nothing.
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
    /// <summary>How many times the effect of rounding, or the reference's own float32 error, is allowed in float32.</summary>
    public const double NoiseFactor = 4;

    private const string NearSingular = "near_singular_eps1e-12";
    private const double DoubleTolerance = 1e-9;
    private const double SingleTolerance = 1e-5;
    private const double SingleGradientTolerance = 1e-4;
    private const double ObjectiveShare = 1e-6;

    /// <summary>Evaluates a case and compares.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="evaluator">The evaluator.</param>
    /// <param name="precision">Precision of the networks; must be supported.</param>
    /// <returns>The errors.</returns>
    public static GoldenCheck Run(GoldenCase golden, IObjectiveEvaluator evaluator, Precision precision) =>
        Run(golden, evaluator, precision, null);

    /// <summary>As the other, with what float32 can reach on this case; null for what the managed evaluator finds, without a gradient.
    /// </summary>
    internal static GoldenCheck Run(
        GoldenCase golden, IObjectiveEvaluator evaluator, Precision precision, GoldenConditioning? conditioning)
    {
        ArgumentNullException.ThrowIfNull(golden);
        ArgumentNullException.ThrowIfNull(evaluator);
        var got = evaluator.Evaluate(golden.Spec, golden.Weights, golden.Batch, golden.Rows, golden.DropoutMask, precision);
        var expected = golden.Expected;
        var energyError = EnergyErrorOf(got.Energies, expected.Energies);
        var objectiveError = ScalarError(got.Objective, expected.Objective);
        var (energyTolerance, objectiveTolerance, gradientTolerance) = Tolerances(golden, precision, conditioning);
        double? gradientError = got.Gradient.Length == 0 || golden.Name == NearSingular ? null
            : GradientErrorOf(golden, got.Gradient, golden.Gradient);
        // A NaN error fails every comparison.
        var passed = energyError <= energyTolerance && objectiveError <= objectiveTolerance
            && (gradientError is null || gradientError.Value <= gradientTolerance);
        return new GoldenCheck(golden.Name, evaluator.Name, precision, energyError, objectiveError, gradientError, passed);
    }

    internal static double ScalarError(double got, double expected) =>
        Math.Abs(got - expected) / Math.Max(Math.Abs(expected), double.Epsilon);

    internal static double EnergyErrorOf(double[] got, double[] expected)
    {
        if (got.Length != expected.Length) return double.PositiveInfinity;
        var worst = 0.0;
        for (var i = 0; i < got.Length; i++) worst = Math.Max(worst, Math.Abs(got[i] - expected[i]) / Math.Max(Math.Abs(expected[i]), 1));
        return worst;
    }

    internal static double GradientErrorOf(GoldenCase golden, double[] got, double[] expected)
    {
        if (got.Length != expected.Length) return double.PositiveInfinity;
        var largest = Math.Max(expected.Max(Math.Abs), ObjectiveShare * Math.Abs(golden.Expected.Objective));
        var worst = 0.0;
        foreach (var block in new ParameterLayout(golden.Spec).Blocks)
        {
            if (IsNoise(golden, block.Name)) continue;
            for (var i = block.Offset; i < block.Offset + block.Length; i++) worst = Math.Max(worst, Math.Abs(got[i] - expected[i]));
        }

        return worst / Math.Max(largest, double.Epsilon);
    }

    private static (double Energy, double Objective, double Gradient) Tolerances(
        GoldenCase golden, Precision precision, GoldenConditioning? conditioning)
    {
        if (precision == Precision.Double) return (DoubleTolerance, DoubleTolerance, DoubleTolerance);
        conditioning ??= GoldenConditioning.Of(golden, new ManagedObjective());
        return (
            Reachable(SingleTolerance, conditioning.Energy, EnergyErrorOf(golden.SingleEnergies, golden.Expected.Energies)),
            Reachable(SingleTolerance, conditioning.Objective, ScalarError(golden.SingleObjective, golden.Expected.Objective)),
            Reachable(SingleGradientTolerance, conditioning.Gradient, golden.SingleGradientError));
    }

    private static double Reachable(double tolerance, double conditioning, double reference) =>
        Math.Max(tolerance, NoiseFactor * Math.Max(conditioning, reference));

    private static bool IsNoise(GoldenCase golden, string block) =>
        (golden.Rows == 1 || golden.Name == "near_singular") && block.StartsWith("est.", StringComparison.Ordinal);
}
