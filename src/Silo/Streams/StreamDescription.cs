using System.Collections.Immutable;

namespace DagmmStream.Silo.Streams;

/// <summary>A stream as the API shows it.</summary>
/// <param name="Definition">What it was created with.</param>
/// <param name="Partitions">Counters and state of every partition; empty when they were not asked for.</param>
/// <param name="Rounds">The newest round of a stream with several partitions; null for one, and when it was not asked for.</param>
public sealed record StreamDescription(
    StreamDefinition Definition, ImmutableArray<PartitionStatus> Partitions, RoundStatus? Rounds = null);
