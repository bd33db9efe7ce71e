namespace DagmmStream.Modeling.Tests.Streaming;

/// <summary>Tests that watch what the process allocates.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AllocationCollection
{
    public const string Name = "Allocations";
}
