namespace DagmmStream.Modeling.Fitting;

/// <summary>Health of a fit, from the training rows alone.</summary>
public sealed record FitDiagnosis
{
    /// <summary>A component with a smaller share of the rows is not alive.</summary>
    public const double LiveShare = 0.01;

    /// <summary>Fewer effective components than this, of more than one, is a collapse.</summary>
    public const double CollapsedBelow = 1.1;

    /// <summary>A deviation of z_c below this share of what it was before training is the scale cheat.</summary>
    public const double CheatBelow = 0.1;

    /// <summary>An energy gap per dimension of z above this many nats is overfitting.</summary>
    public const double OverfittingAbove = 0.5;

    /// <summary>Shares phi [K] of the member that stands for the fit, in descending order.</summary>
    public required IReadOnlyList<double> Shares { get; init; }

    /// <summary>Standard deviation of z_c over what it was before training, root mean square over its dimensions; 1 is no change.</summary>
    public required double LatentScale { get; init; }

    /// <summary>Mean energy of held-out rows minus that of the rows a mixture was fitted to, nats; NaN with too few rows to tell.</summary>
    public required double EnergyGap { get; init; }

    /// <summary>Dimension D of z.</summary>
    public required int LatentDimension { get; init; }

    /// <summary>Training steps skipped because a value was not finite.</summary>
    public required int SkippedSteps { get; init; }

    /// <summary>Covariances repaired with jitter before they could be factorised.</summary>
    public required int CholeskyRepairs { get; init; }

    /// <summary>Components with a share of at least <see cref="LiveShare"/>.</summary>
    public int LiveComponents => Shares.Count(share => share >= LiveShare);

    /// <summary>Entropy of the shares, nats; log K when all are equal.</summary>
    public double ShareEntropy => -Shares.Sum(share => share <= 0 ? 0 : share * Math.Log(share));

    /// <summary>exp of <see cref="ShareEntropy"/>: how many equal components would have it.</summary>
    public double EffectiveComponents => Math.Exp(ShareEntropy);

    /// <summary>What is wrong; a share or scale that is not a number is.</summary>
    public FitFlags Flags =>
        (Shares.Count > 1 && !(EffectiveComponents >= CollapsedBelow) ? FitFlags.Collapsed : 0)
        | (LatentScale >= CheatBelow ? 0 : FitFlags.ScaleCheat)
        | (EnergyGap > OverfittingAbove * LatentDimension ? FitFlags.Overfitting : 0)
        | (SkippedSteps > 0 ? FitFlags.SkippedSteps : 0);
}
