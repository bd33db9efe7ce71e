namespace DagmmStream.Silo.Events;

/// <summary>A producer's name and its next sequence on one partition.</summary>
/// <param name="Name">Name of the producer.</param>
/// <param name="Next">Next sequence.</param>
internal readonly record struct ProducerLease(string Name, long Next);
