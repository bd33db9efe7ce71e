namespace DagmmStream.Silo.Cluster;

/// <summary>How silos find each other.</summary>
public enum ClusterKind
{
    /// <summary>This silo alone, on the loopback address.</summary>
    Localhost = 0,

    /// <summary>Through the database of the store.</summary>
    PostgreSql = 1,
}
