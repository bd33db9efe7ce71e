using System.Diagnostics;

namespace DagmmStream.Storage.Diagnostics;

/// <summary>The spans of the store.</summary>
public static class StorageTraces
{
    /// <summary>Name of the activity source.</summary>
    public const string SourceName = "DagmmStream.Storage";

    /// <summary>Name of the span from handing a batch to the journal to its commit.</summary>
    public const string Append = "dagmm.journal.append";

    internal static readonly ActivitySource Source = new(SourceName);
}
