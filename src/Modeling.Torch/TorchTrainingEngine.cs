using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DagmmStream.Modeling.Torch;

/// <summary>
/// Training steps by TorchSharp's autograd, one thread each. Tensors live inside the step; weights, moments and dropout masks come from
/// managed memory, so that a step is a pure function of (state, minibatch, step) on any thread.
/// </summary>
public sealed class TorchTrainingEngine : ITrainingEngine, IObjectiveEvaluator
{
    /// <inheritdoc cref="ITrainingEngine.Name"/>
    public string Name => "torch";

    /// <inheritdoc/>
    public bool Supports(ModelSpec spec) => spec is not null;

    /// <inheritdoc/>
    public bool Supports(Precision precision) => precision is Precision.Single or Precision.Double;

    /// <inheritdoc/>
    /// <exception cref="EngineUnavailableException">TorchSharp's native library cannot be loaded; names the cause.</exception>
    public StepResult Step(TrainingState state, ReadOnlySpan<float> batch, int rows, in StepOptions options)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 2);
        var layout = state.Layout;
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        var weights = Copy(state.Weights, layout.Spec.Members.Length, layout.MemberLength).requires_grad_();
        var x = Copy(batch[..(rows * layout.Spec.Features)], rows, layout.Spec.Features);
        using var mask = options.ReconstructionOnly ? null : Mask(state, rows);
        state.Step++;
        var objective = new TorchObjective(layout, weights, x, mask, options.ReconstructionOnly);
        var result = Result(objective);
        if (!double.IsFinite(result.Objective)) return result with { Applied = false };
        objective.Objective.sum().backward();
        var gradient = weights.grad!.data<float>().ToArray();
        return result with { Applied = AdamUpdate.TryApply(state, gradient, options) };
    }

    /// <inheritdoc/>
    public ObjectiveEvaluation Evaluate(
        ModelSpec spec, ReadOnlySpan<double> weights, ReadOnlySpan<double> batch, int rows, ReadOnlySpan<double> dropoutMask,
        Precision precision)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Members.Length != 1) throw new ArgumentException($"the model has {spec.Members.Length} members; expected 1", nameof(spec));
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        var type = precision == Precision.Double ? ScalarType.Float64 : ScalarType.Float32;
        var layout = new ParameterLayout(spec);
        var leaf = tensor(weights.ToArray(), 1, layout.MemberLength, dtype: ScalarType.Float64).to(type).clone().requires_grad_();
        var x = tensor(batch[..(rows * spec.Features)].ToArray(), rows, spec.Features, dtype: ScalarType.Float64).to(type);
        var mask = dropoutMask.IsEmpty ? null
            : tensor(dropoutMask.ToArray(), 1, rows, spec.EstimationHidden[^1], dtype: ScalarType.Float64).to(type);
        var objective = new TorchObjective(layout, leaf, x, mask, reconstructionOnly: false);
        objective.Objective.sum().backward();
        var result = Result(objective);
        return new ObjectiveEvaluation
        {
            Objective = result.Objective,
            Reconstruction = result.Reconstruction,
            Energy = result.Energy,
            Penalty = result.Penalty,
            Energies = objective.Energies!.data<double>().ToArray(),
            Gradient = leaf.grad!.to(ScalarType.Float64).data<double>().ToArray(),
        };
    }

    private static StepResult Result(TorchObjective objective) => new()
    {
        Objective = objective.Objective.mean().ToDouble(),
        Reconstruction = objective.Reconstruction.to(ScalarType.Float64).mean().ToDouble(),
        Energy = objective.Energies?.mean().ToDouble() ?? 0,
        Penalty = objective.Penalty?.mean().ToDouble() ?? 0,
        Applied = false,
        CholeskyRepairs = objective.CholeskyRepairs,
    };

    /// <summary>A tensor of its own: one over managed memory could change while it is read.</summary>
    private static Tensor Copy(ReadOnlySpan<float> values, int rows, int columns) =>
        tensor(values.ToArray(), rows, columns, dtype: ScalarType.Float32).clone();

    private static Tensor? Mask(TrainingState state, int rows)
    {
        var spec = state.Layout.Spec;
        if (spec.DropoutKeep >= 1 || spec.EstimationHidden.IsEmpty) return null;
        var (members, width) = (spec.Members.Length, spec.EstimationHidden[^1]);
        var mask = new float[members * rows * width];
        for (var member = 0; member < members; member++)
            DropoutMask.Fill(state.Seed, state.Step, member, spec.DropoutKeep, mask.AsSpan(member * rows * width, rows * width));
        return tensor(mask, members, rows, width, dtype: ScalarType.Float32).clone();
    }
}
