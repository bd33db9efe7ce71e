namespace DagmmStream.Storage.Models;

/// <summary>A model that was kept: everything but its bytes.</summary>
/// <param name="Version">Version of its snapshot.</param>
/// <param name="Offset">Events that it has passed: the first offset that it has not.</param>
/// <param name="KeptAt">When it was kept.</param>
/// <param name="Reason">Why.</param>
/// <param name="Bytes">Size.</param>
public sealed record KeptModel(long Version, long Offset, DateTimeOffset KeptAt, string Reason, long Bytes);
