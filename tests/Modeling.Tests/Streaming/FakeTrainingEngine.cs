using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Tests.Streaming;

/// <summary>
/// Moves the weights a little, by a function of minibatch, step and learning rate, so that everything that goes in shows in the bits.
/// </summary>
internal sealed class FakeTrainingEngine : ITrainingEngine
{
    public List<(long Step, int Rows, StepOptions Options)> Calls { get; } = [];

    /// <summary>From this step on the weights become NaN.</summary>
    public long PoisonAt { get; init; } = long.MaxValue;

    /// <summary>From this step on the weights are what they were at the first.</summary>
    public long HealAt { get; init; } = long.MaxValue;

    public bool IsSupported { get; init; } = true;

    public string Name => "fake";

    private float[] Healthy { get; set; } = [];

    public bool Supports(ModelSpec spec) => IsSupported;

    public StepResult Step(TrainingState state, ReadOnlySpan<float> batch, int rows, in StepOptions options)
    {
        Calls.Add((state.Step, rows, options));
        if (Healthy.Length == 0) Healthy = [.. state.Weights];
        var sum = 0f;
        foreach (var value in batch[..(rows * state.Layout.Spec.Features)]) sum += MathF.Tanh(value);
        var at = (int)(state.Step % state.Weights.Length);
        state.Weights[at] += (float)options.LearningRate * MathF.Tanh(sum);
        state.FirstMoment[at] = sum;
        if (state.Step >= HealAt) Healthy.CopyTo(state.Weights, 0);
        else if (state.Step >= PoisonAt) Array.Fill(state.Weights, float.NaN);
        state.Step++;
        state.Updates++;
        return new StepResult { Objective = sum, Reconstruction = sum, Energy = 0, Penalty = 0, Applied = true, CholeskyRepairs = 0 };
    }
}
