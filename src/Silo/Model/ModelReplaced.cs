namespace DagmmStream.Silo.Model;

/// <summary>A model was kept, or put in place of another.</summary>
/// <param name="Version">Its version.</param>
public sealed record ModelReplaced(long Version);
