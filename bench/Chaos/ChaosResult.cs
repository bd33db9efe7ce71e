namespace DagmmStream.Bench.Chaos;

/// <summary>One fault and what it did.</summary>
/// <param name="Kind">The fault.</param>
/// <param name="At">When, from the start of the run.</param>
/// <param name="Pauses">Times without an acknowledgement of the partitions that noticed it, ascending.</param>
internal sealed record FaultReport(FaultKind Kind, TimeSpan At, IReadOnlyList<TimeSpan> Pauses);

/// <summary>The outcome of a run.</summary>
/// <param name="Acknowledged">Events acknowledged to the producers.</param>
/// <param name="Duplicates">Events of the resent batches that the service recognised.</param>
/// <param name="Faults">Every fault.</param>
/// <param name="Violations">Every broken promise; empty when all were kept.</param>
internal sealed record ChaosResult(
    long Acknowledged, long Duplicates, IReadOnlyList<FaultReport> Faults, IReadOnlyList<string> Violations);
