namespace DagmmStream.Storage.PostgreSql;

/// <summary>Options of the store that the silos of a cluster share.</summary>
public sealed class PostgreSqlStoreOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Store";

    /// <summary>
    /// How to connect, as Npgsql writes it: "Host=db;Database=dagmm;Username=dagmm;Password=…". The database must exist; its tables are
    /// made by the first silo that starts.
    /// </summary>
    /// <value>Default "": it must be set.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>Bound of the writer's queue, in batches.</summary>
    /// <value>Default 1,024: four groups, a quarter of a million events. 1 to 1,048,576.</value>
    public int QueueCapacity { get; set; } = 1024;

    /// <summary>Most batches in one transaction.</summary>
    /// <value>Default 256: beyond it the flush is no longer what costs, and latency grows. 1 to 65,536.</value>
    public int MaxGroup { get; set; } = 256;

    /// <summary>
    /// How long a group of batches is tried again while the database does not answer. Meanwhile events are refused with a time to wait,
    /// and what was accepted stays in memory, unacknowledged. Afterwards these batches fail and their partitions are loaded anew.
    /// </summary>
    /// <value>Default 10 minutes: longer than a restart or a failover of a database takes. 0 to 1 day.</value>
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Most connections of this silo for reads and checkpoints; the writer, membership and reminders have three more.</summary>
    /// <value>Default 24: three silos stay below the server's usual limit of 100. 1 to 10,000.</value>
    public int MaxConnections { get; set; } = 24;
}
