using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training;

/// <summary>
/// Runs training steps. A step is a pure function of (state, minibatch, step number): no hidden state, no global generator,
/// the same bits whatever thread runs it. Implementations are thread-safe; two steps on different states may run at once.
/// </summary>
public interface ITrainingEngine
{
    /// <summary>Short name for reports: "torch", "simd".</summary>
    string Name { get; }

    /// <summary>True if the engine can train this model.</summary>
    /// <param name="spec">The model.</param>
    /// <returns>True if supported.</returns>
    bool Supports(ModelSpec spec);

    /// <summary>
    /// One optimiser step on one minibatch: forward, objective, backward, clip, Adam. Changes <paramref name="state"/> in place and
    /// always advances <see cref="TrainingState.Step"/>; weights and moments change only if the result is applied.
    /// </summary>
    /// <param name="state">The working copy.</param>
    /// <param name="batch">Scaled input [rows, d], row-major; input maps are applied by the engine.</param>
    /// <param name="rows">Rows of the minibatch, at least 2.</param>
    /// <param name="options">Learning rate and phase.</param>
    /// <returns>Objective terms before the update, and whether it was applied.</returns>
    StepResult Step(TrainingState state, ReadOnlySpan<float> batch, int rows, in StepOptions options);
}
