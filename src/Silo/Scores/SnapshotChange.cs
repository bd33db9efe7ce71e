namespace DagmmStream.Silo.Scores;

/// <summary>An event that a new snapshot was the first to score.</summary>
/// <param name="Offset">The event.</param>
/// <param name="Time">Its time, milliseconds since 1970-01-01 UTC.</param>
/// <param name="Version">The snapshot's version.</param>
public sealed record SnapshotChange(long Offset, double Time, long Version);
