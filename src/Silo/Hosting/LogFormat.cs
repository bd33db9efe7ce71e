namespace DagmmStream.Silo.Hosting;

/// <summary>How the silo writes its log to the console.</summary>
public enum LogFormat
{
    /// <summary>One line per entry, for people.</summary>
    Simple = 0,

    /// <summary>One JSON object per line, for log collectors.</summary>
    Json = 1,
}
