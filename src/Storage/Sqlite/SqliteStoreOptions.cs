namespace DagmmStream.Storage.Sqlite;

/// <summary>Options of the embedded store.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Store";

    /// <summary>The database file; its directory is created when missing. Must be on a local file system.</summary>
    /// <value>Default "data/dagmm.db".</value>
    public string Path { get; set; } = "data/dagmm.db";

    /// <summary>What a commit waits for.</summary>
    /// <value>Default <see cref="SqliteSynchronous.Full"/>: an acknowledged event survives a power loss.</value>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>Bound of the writer's queue, in batches.</summary>
    /// <value>Default 1,024: four groups, a quarter of a million events. 1 to 1,048,576.</value>
    public int QueueCapacity { get; set; } = 1024;

    /// <summary>Most batches in one transaction.</summary>
    /// <value>Default 256: beyond it the flush is no longer what costs, and latency grows. 1 to 65,536.</value>
    public int MaxGroup { get; set; } = 256;

    /// <summary>How long a write waits for another program that holds the database.</summary>
    /// <value>Default 10 s. 1 s to 10 minutes, rounded up to whole seconds.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest size of the database in pages; for tests of a full disk.</summary>
    internal int? MaxPages { get; set; }
}
