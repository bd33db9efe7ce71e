using System.Collections.Immutable;

namespace DagmmStream.Silo.Streams;

/// <summary>A page of streams, by name.</summary>
/// <param name="Streams">The streams.</param>
/// <param name="Next">Where the next page is; null on the last one.</param>
public sealed record StreamList(ImmutableArray<StreamDescription> Streams, string? Next);
