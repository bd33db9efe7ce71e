namespace DagmmStream.Cli.Replay;

/// <summary>What is replayed, beside the stream's definition.</summary>
public sealed record ReplayOptions
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>How it is read.</summary>
    public required Csv.CsvOptions Csv { get; init; }

    /// <summary>Name of the producer whose watermark says where to resume.</summary>
    public required string Producer { get; init; }

    /// <summary>Replay at most so many events.</summary>
    /// <value>Default: all.</value>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>File that receives all scores as CSV; null: none.</summary>
    public string? ScoresFile { get; init; }

    /// <summary>True to push the events as history: learned, never called anomalous.</summary>
    public bool IsBackFill { get; init; }
}
