namespace DagmmStream.Modeling.Fitting;

/// <summary>What is wrong with a fit.</summary>
[Flags]
public enum FitFlags
{
    /// <summary>Nothing was found.</summary>
    None = 0,

    /// <summary>One component covers nearly every row although more were asked for.</summary>
    Collapsed = 1,

    /// <summary>The latent code has shrunk: the objective fell by scale, not by structure.</summary>
    ScaleCheat = 2,

    /// <summary>Rows that the mixture has not seen have clearly higher energies than those it was fitted to.</summary>
    Overfitting = 4,

    /// <summary>Training steps were skipped because a value was not finite.</summary>
    SkippedSteps = 8,
}
