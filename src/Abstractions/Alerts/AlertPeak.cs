namespace DagmmStream;

/// <summary>The most anomalous event of an episode.</summary>
/// <param name="Offset">Its offset in the partition.</param>
/// <param name="Time">Event time, microseconds since 1970-01-01 UTC.</param>
/// <param name="Energy">Its sample energy.</param>
/// <param name="Score">Its score; the highest of the episode.</param>
/// <param name="PValue">Its p-value.</param>
public sealed record AlertPeak(long Offset, long Time, double Energy, double Score, double PValue);
