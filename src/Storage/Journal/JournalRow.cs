namespace DagmmStream.Storage.Journal;

/// <summary>A record as it was stored.</summary>
/// <param name="Record">The record.</param>
/// <param name="Epoch">Epoch under which it was written.</param>
/// <param name="Checksum">Checksum over partition, epoch and record.</param>
internal readonly record struct JournalRow(JournalRecord Record, long Epoch, uint Checksum);
