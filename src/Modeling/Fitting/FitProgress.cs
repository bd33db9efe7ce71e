namespace DagmmStream.Modeling.Fitting;

/// <summary>How far an offline fit is.</summary>
/// <param name="Stage">What is done at the moment.</param>
/// <param name="Done">Members (robust) or epochs (paper) done.</param>
/// <param name="Total">Members or epochs in all.</param>
/// <param name="Objective">
/// Mean objective of the last epoch (paper), or minus the last member's mean log-likelihood of z (robust); NaN before.
/// </param>
public readonly record struct FitProgress(FitStage Stage, int Done, int Total, double Objective)
{
    /// <summary>Terms of the last epoch's objective; null where none is minimised jointly.</summary>
    public FitTerms? Terms { get; init; }

    /// <summary>Shares phi [K] in evaluation mode after the last epoch, of up to 1,024 rows; null where none are known.</summary>
    public IReadOnlyList<double>? Shares { get; init; }
}
