namespace DagmmStream.Cli.Csv;

/// <summary>How a CSV file is read.</summary>
public sealed record CsvOptions
{
    /// <summary>Whether the first line names the columns; otherwise they are called "c0", "c1", …</summary>
    /// <value>Default true.</value>
    public bool HasHeader { get; init; } = true;

    /// <summary>Column with the label, by name or by number from 0; null: none.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>Label text of anomalies; null: a number other than 0 is an anomaly.</summary>
    public string? AnomalyLabel { get; init; }

    /// <summary>
    /// Column with the event time, ISO 8601 or seconds since 1970, by name or by number; null: the row number in seconds.
    /// </summary>
    public string? TimeColumn { get; init; }

    /// <summary>Feature columns, by name or by number; null: all numeric columns.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Features whose values are names; they count as feature columns.</summary>
    /// <value>Default none.</value>
    public IReadOnlyList<string> TextFeatures { get; init; } = [];

    /// <summary>Whether an empty field is a missing value; otherwise its line is left out.</summary>
    /// <value>Default false.</value>
    public bool AllowMissing { get; init; }
}
