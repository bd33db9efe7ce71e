namespace DagmmStream;

/// <summary>What the service says about one event.</summary>
/// <param name="Offset">Position in the partition; -1 for a duplicate whose score has left the partition's memory.</param>
/// <param name="Time">Event time, microseconds since 1970-01-01 UTC.</param>
/// <param name="Sequence">The producer's sequence.</param>
/// <param name="Energy">Sample energy E(z), mean over the members, natural logarithm; NaN while warming up.</param>
/// <param name="Score">What is judged: the energy, or with several members the combination of their standardised energies.</param>
/// <param name="PValue">Share of recent normal scores at or above this one; 1 while warming up.</param>
/// <param name="Verdict">The decision.</param>
/// <param name="SnapshotVersion">Version of the snapshot that scored; 0 while warming up.</param>
public readonly record struct EventScore(
    long Offset, long Time, long Sequence, double Energy, double Score, double PValue, Verdict Verdict, long SnapshotVersion)
{
    /// <summary>Event time.</summary>
    public DateTimeOffset Timestamp => DateTimeOffset.UnixEpoch.AddTicks(Time * TimeSpan.TicksPerMicrosecond);
}
