namespace DagmmStream.Modeling.Training;

/// <summary>What one training step found; terms are means over the members, taken before the update.</summary>
public readonly record struct StepResult
{
    /// <summary>J of Zong et al. 2018, equation 7, mean over the members.</summary>
    public required double Objective { get; init; }

    /// <summary>Mean reconstruction loss.</summary>
    public required double Reconstruction { get; init; }

    /// <summary>Mean energy of the minibatch; 0 while <see cref="StepOptions.ReconstructionOnly"/>.</summary>
    public required double Energy { get; init; }

    /// <summary>Sum of the inverse variances; 0 while <see cref="StepOptions.ReconstructionOnly"/>.</summary>
    public required double Penalty { get; init; }

    /// <summary>
    /// False when the objective or a gradient was not finite: the weights are then unchanged and the step counts as skipped.
    /// </summary>
    public required bool Applied { get; init; }

    /// <summary>Covariances that needed jitter before the Cholesky decomposition succeeded.</summary>
    public required int CholeskyRepairs { get; init; }
}
