namespace DagmmStream.Modeling.Explanation;

/// <summary>Why an event has its energy under a snapshot, over the model's input columns d.</summary>
/// <param name="Energy">Mean energy of the members.</param>
/// <param name="MedianEnergy">Mean over the members of the median energy of the window.</param>
/// <param name="Parts">Energy beyond the median by latent code and reconstruction features [1 + R]; sums to energy - median.</param>
/// <param name="Expected">Reconstruction in original units [d], mean over the members.</param>
/// <param name="ErrorShares">Share of the squared reconstruction error [d], mean over the members; sums to 1.</param>
/// <param name="Memberships">Probability of each component given z [M K].</param>
internal sealed record ModelExplanation(
    double Energy, double MedianEnergy, double[] Parts, double[] Expected, double[] ErrorShares, double[] Memberships);
