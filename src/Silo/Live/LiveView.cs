namespace DagmmStream.Silo.Live;

/// <summary>How much of the scores a live connection gets.</summary>
/// <param name="Points">Most points per batch; null for every event.</param>
/// <param name="IsFull">True for the columns that a chart has no use for.</param>
internal readonly record struct LiveView(int? Points, bool IsFull);
