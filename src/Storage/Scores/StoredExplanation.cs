namespace DagmmStream.Storage.Scores;

/// <summary>Why an event was called anomalous, as it is kept.</summary>
/// <param name="Offset">Offset of the event.</param>
/// <param name="Time">Event time, microseconds since 1970-01-01 UTC.</param>
/// <param name="Payload">What the writer knows how to read again.</param>
public sealed record StoredExplanation(long Offset, long Time, ReadOnlyMemory<byte> Payload);
