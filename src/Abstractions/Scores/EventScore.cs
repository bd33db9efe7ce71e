namespace DagmmStream;

/// <summary>What the service says about one event.</summary>
/// <param name="Offset">Position in the partition; -1 for a duplicate whose score has left the partition's memory.</param>
/// <param name="Time">Event time, microseconds since 1970-01-01 UTC.</param>
/// <param name="Sequence">The producer's sequence.</param>
/// <param name="Energy">Sample energy E(z), mean over the members, natural logarithm; NaN before the first provisional snapshot.</param>
/// <param name="Score">What is judged: the energy, or with several members the combination of their standardised energies.</param>
/// <param name="PValue">Share of recent normal scores at or above this one; 1 while warming up.</param>
/// <param name="Verdict">The decision.</param>
/// <param name="SnapshotVersion">Version of the snapshot that scored; 0 while warming up.</param>
/// <param name="Flags">What else is to be known.</param>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.event-score")]
public readonly record struct EventScore(
    [property: Id(0)] long Offset, [property: Id(1)] long Time, [property: Id(2)] long Sequence, [property: Id(3)] double Energy,
    [property: Id(4)] double Score, [property: Id(5)] double PValue, [property: Id(6)] Verdict Verdict,
    [property: Id(7)] long SnapshotVersion, [property: Id(8)] EventFlags Flags = EventFlags.None)
{
    /// <summary>Event time.</summary>
    public DateTimeOffset Timestamp => DateTimeOffset.UnixEpoch.AddTicks(Time * TimeSpan.TicksPerMicrosecond);
}
