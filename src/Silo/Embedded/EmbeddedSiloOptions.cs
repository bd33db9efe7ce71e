namespace DagmmStream.Silo.Embedded;

/// <summary>Settings of <see cref="EmbeddedSilo"/>.</summary>
public sealed class EmbeddedSiloOptions
{
    /// <summary>The store: path of a SQLite file, created when missing.</summary>
    public required string StorePath { get; init; }

    /// <summary>Port of the HTTP server on 127.0.0.1.</summary>
    /// <value>Default 0: a free one.</value>
    public int HttpPort { get; init; }

    /// <summary>How long a stop may take to train out and to checkpoint.</summary>
    /// <value>Default 30 s.</value>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Lowest level that is logged, to standard error.</summary>
    /// <value>Default <see cref="LogLevel.Warning"/>.</value>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>Changes services before the silo is built; for tests.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; init; }
}
