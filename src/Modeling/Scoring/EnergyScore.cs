namespace DagmmStream.Modeling.Scoring;

/// <summary>What one event scored; higher is more anomalous.</summary>
/// <param name="Energy">Mean energy of the members; may be negative.</param>
/// <param name="Live">Score under the snapshot itself.</param>
/// <param name="Score">Live score mixed with the anchor's; equal to <paramref name="Live"/> without an anchor.</param>
public readonly record struct EnergyScore(double Energy, double Live, double Score)
{
    /// <summary>Score under the anchor alone; NaN without one.</summary>
    public double Anchored { get; init; } = double.NaN;

    /// <summary>
    /// First reconstruction feature, how far x' lies from x, in standard deviations over the window: the mean of the members.
    /// </summary>
    /// <value>About 0 for an ordinary event; NaN for a model whose z is not standardised, or where a network overflowed.</value>
    public double Reconstruction { get; init; } = double.NaN;
}
