using System.Collections.Immutable;

namespace DagmmStream.Silo.Cluster;

/// <summary>The cluster as one silo sees it.</summary>
/// <param name="Silos">Its silos.</param>
public sealed record ClusterDescription(ImmutableArray<SiloDescription> Silos);
