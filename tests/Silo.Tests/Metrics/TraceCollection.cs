namespace DagmmStream.Silo.Tests.Metrics;

/// <summary>Silos of their own that start and stop: not beside the one whose metrics are read, whose meters would end with them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TraceCollection
{
    public const string Name = "traces";
}
