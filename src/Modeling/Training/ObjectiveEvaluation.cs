namespace DagmmStream.Modeling.Training;

/// <summary>Objective, energies and gradients of one minibatch under fixed weights, one member.</summary>
public sealed record ObjectiveEvaluation
{
    /// <summary>J (Zong et al. 2018, equation 7).</summary>
    public required double Objective { get; init; }

    /// <summary>Mean reconstruction loss.</summary>
    public required double Reconstruction { get; init; }

    /// <summary>Mean energy.</summary>
    public required double Energy { get; init; }

    /// <summary>Penalty, not yet weighted.</summary>
    public required double Penalty { get; init; }

    /// <summary>Energy of each row [n] under the minibatch's own mixture.</summary>
    public required double[] Energies { get; init; }

    /// <summary>Gradient of J by every parameter, in the order of the layout of one member; empty if the evaluator has none.</summary>
    public required double[] Gradient { get; init; }
}
