namespace DagmmStream.Silo.Api;

/// <summary>A request that cannot be served, as the problem (RFC 9457) that tells the caller so.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(int status, string type, string title, string detail, Exception? cause = null)
        : base(detail, cause) => (Status, Type, Title) = (status, type, title);

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>Last part of the problem's type; stable.</summary>
    public string Type { get; }

    /// <summary>Short name of the kind of problem; the same for every problem of a type.</summary>
    public string Title { get; }

    /// <summary>When the same request may succeed.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Further members of the problem.</summary>
    public Dictionary<string, object?> Extensions { get; } = new(StringComparer.Ordinal);
}
