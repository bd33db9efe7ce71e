namespace DagmmStream.Modeling.Scoring;

/// <summary>A published snapshot, or why there is none.</summary>
/// <param name="Snapshot">The snapshot; null when publishing failed and the caller keeps the old one.</param>
/// <param name="FailureReason">Why publishing failed; null when it did not.</param>
/// <param name="CholeskyRepairs">Jitters that covariances needed.</param>
public sealed record PublishResult(ModelSnapshot? Snapshot, string? FailureReason, int CholeskyRepairs);
