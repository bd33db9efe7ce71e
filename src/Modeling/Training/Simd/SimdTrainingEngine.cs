using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// Training steps in managed code with gradients derived by hand, vectorised over the rows of the minibatch; one thread each. Networks
/// in 32 bits, reconstruction features and mixture in 64. A step is a pure function of (state, minibatch, step) on any thread, and
/// allocates nothing once the workspaces have grown.
/// </summary>
public sealed class SimdTrainingEngine : ITrainingEngine, IObjectiveEvaluator
{
    private readonly WorkspacePool<SimdWorkspace> _pool = new();

    /// <inheritdoc cref="ITrainingEngine.Name"/>
    public string Name => "simd";

    /// <inheritdoc/>
    public bool Supports(ModelSpec spec) => spec is not null;

    /// <inheritdoc/>
    public bool Supports(Precision precision) => precision == Precision.Single;

    /// <inheritdoc/>
    public StepResult Step(TrainingState state, ReadOnlySpan<float> batch, int rows, in StepOptions options)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 2);
        var (layout, spec) = (state.Layout, state.Layout.Spec);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch.Length, rows * spec.Features, nameof(batch));
        var workspace = _pool.Rent();
        try
        {
            workspace.Prepare(layout, rows);
            var isDropped = !options.ReconstructionOnly && spec.DropoutKeep < 1 && !spec.EstimationHidden.IsEmpty;
            var sum = default(MemberTerms);
            for (var index = 0; index < spec.Members.Length; index++)
            {
                state.Weights.AsSpan(index * layout.MemberLength, layout.MemberLength).CopyTo(workspace.Weights);
                if (isDropped) DropoutMask.Fill(state.Seed, state.Step, index, spec.DropoutKeep, workspace.Mask);
                sum = Add(sum, workspace.Run(index, batch, isDropped, options.ReconstructionOnly));
                Courtesy.GiveWay();
            }

            state.Step++;
            var result = Mean(sum, spec.Members.Length);
            if (!double.IsFinite(result.Objective)) return result;
            return result with { Applied = AdamUpdate.TryApply(state, workspace.Gradient, options) };
        }
        finally
        {
            _pool.Return(workspace);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The model has more than one member, or a span has the wrong length.</exception>
    /// <exception cref="NotSupportedException">The precision is not <see cref="Precision.Single"/>.</exception>
    public ObjectiveEvaluation Evaluate(
        ModelSpec spec, ReadOnlySpan<double> weights, ReadOnlySpan<double> batch, int rows, ReadOnlySpan<double> dropoutMask,
        Precision precision)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (!Supports(precision)) throw new NotSupportedException($"the simd engine has no precision {precision}; use {Precision.Single}");
        if (spec.Members.Length != 1) throw new ArgumentException($"the model has {spec.Members.Length} members; expected 1", nameof(spec));
        var layout = new ParameterLayout(spec);
        if (weights.Length != layout.Length)
            throw new ArgumentException($"{weights.Length} weights; the model has {layout.Length} parameters", nameof(weights));
        var input = new float[rows * spec.Features];
        Narrow(batch[..input.Length], input);
        var workspace = _pool.Rent();
        try
        {
            workspace.Prepare(layout, rows);
            Narrow(weights, workspace.Weights);
            if (!dropoutMask.IsEmpty) Narrow(dropoutMask, workspace.Mask);
            var terms = workspace.Run(0, input, !dropoutMask.IsEmpty, reconstructionOnly: false);
            var gradient = new double[layout.Length];
            for (var i = 0; i < gradient.Length; i++) gradient[i] = double.IsFinite(terms.Objective) ? workspace.Gradient[i] : double.NaN;
            return new ObjectiveEvaluation
            {
                Objective = terms.Objective,
                Reconstruction = terms.Reconstruction,
                Energy = terms.Energy,
                Penalty = terms.Penalty,
                Energies = workspace.Energies.ToArray(),
                Gradient = gradient,
            };
        }
        finally
        {
            _pool.Return(workspace);
        }
    }

    private static MemberTerms Add(MemberTerms left, MemberTerms right) => new()
    {
        Objective = left.Objective + right.Objective,
        Reconstruction = left.Reconstruction + right.Reconstruction,
        Energy = left.Energy + right.Energy,
        Penalty = left.Penalty + right.Penalty,
        CholeskyRepairs = left.CholeskyRepairs + right.CholeskyRepairs,
    };

    private static StepResult Mean(MemberTerms sum, int members) => new()
    {
        Objective = sum.Objective / members,
        Reconstruction = sum.Reconstruction / members,
        Energy = sum.Energy / members,
        Penalty = sum.Penalty / members,
        Applied = false,
        CholeskyRepairs = sum.CholeskyRepairs,
    };

    private static void Narrow(ReadOnlySpan<double> values, Span<float> target)
    {
        for (var i = 0; i < values.Length; i++) target[i] = (float)values[i];
    }
}
