namespace DagmmStream.Silo.Scores;

/// <summary>One event's score as the API shows it.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">Position in the partition; -1 for a duplicate whose score has left the partition's memory.</param>
/// <param name="Time">Event time.</param>
/// <param name="Energy">Sample energy; null while warming up.</param>
/// <param name="Score">What is judged; null while warming up.</param>
/// <param name="PValue">Share of recent scores at or above this one.</param>
/// <param name="Verdict">The decision.</param>
/// <param name="SnapshotVersion">Version of the snapshot that scored; 0 while warming up.</param>
/// <param name="Sequence">The producer's sequence.</param>
/// <param name="Flags">What else is to be known: <c>none</c>, or words separated by commas.</param>
public sealed record ScoreView(
    int Partition, long Offset, DateTimeOffset Time, double Energy, double Score, double PValue, Verdict Verdict, long SnapshotVersion,
    long Sequence, EventFlags Flags)
{
    internal static ScoreView Of(int partition, in EventScore score) => new(
        partition, score.Offset, score.Timestamp, score.Energy, score.Score, score.PValue, score.Verdict, score.SnapshotVersion,
        score.Sequence, score.Flags);
}
