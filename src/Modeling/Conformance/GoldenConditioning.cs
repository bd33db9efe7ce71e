using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Conformance;

/// <summary>
/// How far the results of a golden case move when its weights and rows are rounded to float32: what no float32 implementation can
/// undo, whatever its arithmetic.
/// </summary>
/// <remarks>
/// The largest of <see cref="Trials"/> evaluations in float64 with every weight and input off by half a unit in the last place of
/// float32, 2⁻²⁴ relative, up or down at random (Higham, Accuracy and Stability of Numerical
/// Algorithms, 2002, section 1.6: backward error).
/// </remarks>
/// <param name="Energy">Of the energies, relative to max(|E|, 1).</param>
/// <param name="Objective">Of J, relative.</param>
/// <param name="Gradient">Of the gradient, relative to its largest component; 0 if the evaluator has no gradient.</param>
internal sealed record GoldenConditioning(double Energy, double Objective, double Gradient)
{
    /// <summary>Evaluations with other roundings.</summary>
    public const int Trials = 32;

    private const double HalfUnit = 1.0 / (1 << 24);

    /// <summary>Measures a case.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="evaluator">The evaluator; must support float64.</param>
    /// <returns>How far the results move.</returns>
    /// <exception cref="ArgumentException">The evaluator has no float64.</exception>
    public static GoldenConditioning Of(GoldenCase golden, IObjectiveEvaluator evaluator)
    {
        ArgumentNullException.ThrowIfNull(golden);
        ArgumentNullException.ThrowIfNull(evaluator);
        if (!evaluator.Supports(Precision.Double))
            throw new ArgumentException($"the evaluator {evaluator.Name} has no float64", nameof(evaluator));
        var exact = evaluator.Evaluate(golden.Spec, golden.Weights, golden.Batch, golden.Rows, golden.DropoutMask, Precision.Double);
        var (energy, objective, gradient) = (0.0, 0.0, 0.0);
        for (ulong trial = 0; trial < Trials; trial++)
        {
            var random = new CounterRandom(0, RandomPurpose.Sampling, trial);
            var got = evaluator.Evaluate(
                golden.Spec, Rounded(golden.Weights, ref random), Rounded(golden.Batch, ref random), golden.Rows, golden.DropoutMask,
                Precision.Double);
            energy = Math.Max(energy, GoldenCheck.EnergyErrorOf(got.Energies, exact.Energies));
            objective = Math.Max(objective, GoldenCheck.ScalarError(got.Objective, exact.Objective));
            if (got.Gradient.Length > 0) gradient = Math.Max(gradient, GoldenCheck.GradientErrorOf(golden, got.Gradient, exact.Gradient));
        }

        return new GoldenConditioning(energy, objective, gradient);
    }

    private static double[] Rounded(double[] values, ref CounterRandom random)
    {
        var rounded = new double[values.Length];
        for (var i = 0; i < values.Length; i++) rounded[i] = values[i] * (1 + (random.NextInt32(2) == 0 ? HalfUnit : -HalfUnit));
        return rounded;
    }
}
