namespace DagmmStream.Client.Producing;

/// <summary>Where a producer stands on a partition.</summary>
/// <param name="Producer">Name under which events are numbered.</param>
/// <param name="Sequence">Next sequence.</param>
internal readonly record struct ProducerPosition(string Producer, long Sequence);
