namespace DagmmStream.Storage.Writing;

/// <summary>An error as the writer handles it.</summary>
/// <param name="Error">What the caller gets.</param>
/// <param name="OfItem">True when the item alone is at fault and the rest of its group can be committed.</param>
internal readonly record struct WriteFailure(Exception Error, bool OfItem);
