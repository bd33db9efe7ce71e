using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training;

/// <summary>Evaluates the training objective without an update: for golden vectors, gradient checks and the self-check command.</summary>
public interface IObjectiveEvaluator
{
    /// <summary>Short name for reports: "torch", "simd", "managed".</summary>
    string Name { get; }

    /// <summary>True if the evaluator has this precision.</summary>
    /// <param name="precision">Precision of the networks.</param>
    /// <returns>True if it has.</returns>
    bool Supports(Precision precision);

    /// <summary>Forward and, where the evaluator has one, backward pass of one member on one minibatch, as in training.</summary>
    /// <param name="spec">A model with exactly one member.</param>
    /// <param name="weights">Weights in the order of <see cref="ParameterLayout"/>.</param>
    /// <param name="batch">Scaled input [rows, d], row-major.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="dropoutMask">Zeros and ones [rows, last estimation hidden width]; empty for no dropout. Kept units are divided by
    /// <see cref="ModelSpec.DropoutKeep"/>.</param>
    /// <param name="precision">Precision of the networks.</param>
    /// <returns>Objective terms, energies and gradient.</returns>
    ObjectiveEvaluation Evaluate(
        ModelSpec spec, ReadOnlySpan<double> weights, ReadOnlySpan<double> batch, int rows, ReadOnlySpan<double> dropoutMask,
        Precision precision);
}
