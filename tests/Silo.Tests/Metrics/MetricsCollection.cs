using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Metrics;

/// <summary>
/// A silo that is alone in its process: meters of equal names are one to the exporter, and end with the first silo that stops.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MetricsCollection : ICollectionFixture<ApiFixture>
{
    public const string Name = "metrics";
}
