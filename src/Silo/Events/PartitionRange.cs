namespace DagmmStream.Silo.Events;

/// <summary>Offsets that a request's events got in one partition; other requests' events may lie between them.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="FirstOffset">Lowest offset; -1 when all events were duplicates whose scores are no longer in memory.</param>
/// <param name="NextOffset">One past the highest offset.</param>
public sealed record PartitionRange(int Partition, long FirstOffset, long NextOffset);
