namespace DagmmStream.Cli.Terminal;

/// <summary>How data are written.</summary>
public enum OutputFormat
{
    /// <summary>For people.</summary>
    Table = 0,

    /// <summary>JSON; one object per line where there are many.</summary>
    Json = 1,

    /// <summary>CSV with a header.</summary>
    Csv = 2,
}
