namespace DagmmStream;

/// <summary>A model that was kept: everything but its bytes.</summary>
/// <param name="Version">Version of its snapshot.</param>
/// <param name="Offset">Events that it has passed: the first offset that it has not.</param>
/// <param name="KeptAt">When it was kept.</param>
/// <param name="Reason">Why.</param>
/// <param name="Bytes">Size.</param>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.kept-model")]
public sealed record KeptModel(
    [property: Id(0)] long Version, [property: Id(1)] long Offset, [property: Id(2)] DateTimeOffset KeptAt,
    [property: Id(3)] string Reason, [property: Id(4)] long Bytes);
