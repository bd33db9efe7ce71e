namespace DagmmStream.Silo.Events;

/// <summary>Where a producer stands on a partition.</summary>
/// <param name="Producer">Name of the producer.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Sequence">The highest sequence accepted without a gap; -1 for an unknown producer.</param>
public sealed record Watermark(string Producer, int Partition, long Sequence);
