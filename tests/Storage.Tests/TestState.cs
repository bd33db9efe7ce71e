namespace DagmmStream.Storage.Tests;

/// <summary>A state as a grain keeps it: the provider must be able to create an empty one, which it cannot do for an array.</summary>
[GenerateSerializer]
[Alias("dagmm.test-state")]
public sealed class TestState
{
    [Id(0)]
    public byte[] Bytes { get; set; } = [];
}
