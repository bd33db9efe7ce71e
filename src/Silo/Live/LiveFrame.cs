using System.Collections.Immutable;

namespace DagmmStream.Silo.Live;

/// <summary>One message of a live connection.</summary>
/// <param name="Batches">New scores by partition; empty when the message only says that the connection lives.</param>
public sealed record LiveFrame(ImmutableArray<LiveBatch> Batches);
