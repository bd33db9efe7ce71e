namespace DagmmStream.Modeling.Fitting;

/// <summary>How far an offline fit is.</summary>
/// <param name="Stage">What is done at the moment.</param>
/// <param name="Done">Members (robust) or epochs (paper) done.</param>
/// <param name="Total">Members or epochs in all.</param>
/// <param name="Objective">
/// Mean objective of the last epoch (paper), or minus the last member's mean log-likelihood of z (robust); NaN before.
/// </param>
public readonly record struct FitProgress(FitStage Stage, int Done, int Total, double Objective);
