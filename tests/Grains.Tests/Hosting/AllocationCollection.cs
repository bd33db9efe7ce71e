namespace DagmmStream.Grains.Tests.Hosting;

/// <summary>Tests that count what the process allocates: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AllocationCollection
{
    public const string Name = "allocation";
}
