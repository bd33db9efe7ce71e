namespace DagmmStream.Modeling.Fitting;

/// <summary>
/// Terms of the published objective (Zong et al. 2018, equation 7) before their weights: means over the steps of an epoch.
/// </summary>
/// <param name="Reconstruction">Reconstruction loss.</param>
/// <param name="Energy">Energy, nats.</param>
/// <param name="Penalty">Sum of the inverse variances.</param>
public readonly record struct FitTerms(double Reconstruction, double Energy, double Penalty);
