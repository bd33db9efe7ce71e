namespace DagmmStream.Silo.Hosting;

/// <summary>Which store a silo uses.</summary>
public enum StoreKind
{
    /// <summary>A file of this process alone.</summary>
    Sqlite = 0,

    /// <summary>A database that the silos of a cluster share.</summary>
    PostgreSql = 1,
}
