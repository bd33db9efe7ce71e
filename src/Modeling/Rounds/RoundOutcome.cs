namespace DagmmStream.Modeling.Rounds;

/// <summary>How a round ended.</summary>
/// <param name="Record">What is to be published; null when nothing is.</param>
/// <param name="Reason">Why nothing is; null when something is.</param>
/// <param name="CholeskyRepairs">Jitters that covariances needed.</param>
internal sealed record RoundOutcome(RoundRecord? Record, string? Reason, int CholeskyRepairs);
