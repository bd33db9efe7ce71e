using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Cli.Evaluation;

/// <summary>The control "untrained": no step changes a weight; scaler and mixture follow the stream all the same.</summary>
internal sealed class UntrainedEngine : ITrainingEngine
{
    public string Name => "Untrained";

    public bool Supports(ModelSpec spec) => true;

    public StepResult Step(TrainingState state, ReadOnlySpan<float> batch, int rows, in StepOptions options)
    {
        state.Step++;
        return new StepResult { Objective = 0, Reconstruction = 0, Energy = 0, Penalty = 0, Applied = true, CholeskyRepairs = 0 };
    }
}
