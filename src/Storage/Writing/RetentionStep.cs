namespace DagmmStream.Storage.Writing;

/// <summary>One bounded step of a retention run.</summary>
/// <param name="Deleted">Rows deleted.</param>
/// <param name="NextOffset">Where to go on; -1 at the end.</param>
internal readonly record struct RetentionStep(int Deleted, long NextOffset);
