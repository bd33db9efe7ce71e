using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Fitting;

/// <summary>Training as published (Zong et al. 2018, section 4.3).</summary>
public sealed record PaperFitOptions
{
    /// <summary>Model; usually <see cref="ModelSpec.Paper(int, int[], int, int, int, double)"/>.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>Passes over the training rows.</summary>
    /// <value>Default 200, as for KDDCUP; 0 gives the untrained network.</value>
    public int Epochs { get; init; } = 200;

    /// <summary>Rows of a minibatch.</summary>
    /// <value>Default 1,024; 128 for Arrhythmia.</value>
    public int BatchRows { get; init; } = 1024;

    /// <summary>Adam's learning rate.</summary>
    /// <value>Default 1e-4.</value>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Seed of weights, order of the rows and dropout.</summary>
    /// <value>Default 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>The paper's shape and schedule for KDDCUP: 120-60-30-10-1, K = 4, 200 epochs.</summary>
    public static PaperFitOptions KddCup { get; } = new() { Spec = ModelSpec.Paper(120, [60, 30, 10], 1, 4) };

    /// <summary>The paper's shape and schedule for Thyroid: 6-12-4-1, K = 2, 20,000 epochs.</summary>
    public static PaperFitOptions Thyroid { get; } = new() { Spec = ModelSpec.Paper(6, [12, 4], 1, 2), Epochs = 20_000 };

    /// <summary>The paper's shape and schedule for Arrhythmia: 274-10-2, K = 2, 10,000 epochs, minibatches of 128.</summary>
    public static PaperFitOptions Arrhythmia { get; } =
        new() { Spec = ModelSpec.Paper(274, [10], 2, 2), Epochs = 10_000, BatchRows = 128 };

    /// <summary>Throws when a value is out of range, naming it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        Spec.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(Epochs);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchRows, 2);
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate))
            throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "must be finite and above 0");
    }
}
