namespace DagmmStream.Modeling.Scoring;

/// <summary>What one event scored; higher is more anomalous.</summary>
/// <param name="Energy">Mean energy of the members; may be negative.</param>
/// <param name="Live">Score under the snapshot itself.</param>
/// <param name="Score">Live score mixed with the anchor's; equal to <paramref name="Live"/> without an anchor.</param>
public readonly record struct EnergyScore(double Energy, double Live, double Score)
{
    /// <summary>Score under the anchor alone; NaN without one.</summary>
    public double Anchored { get; init; } = double.NaN;
}
