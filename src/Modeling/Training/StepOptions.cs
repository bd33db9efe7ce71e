namespace DagmmStream.Modeling.Training;

/// <summary>What may change from one training step to the next.</summary>
public readonly record struct StepOptions
{
    /// <summary>Adam's learning rate (beta 0.9 and 0.999, epsilon 1e-8).</summary>
    public required double LearningRate { get; init; }

    /// <summary>True for pre-training: the objective is the reconstruction alone and the estimation network is left alone.</summary>
    public bool ReconstructionOnly { get; init; }
}
