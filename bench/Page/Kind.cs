namespace DagmmStream.Bench.Page;

/// <summary>Who looks at the stream.</summary>
internal enum Kind
{
    /// <summary>Nobody.</summary>
    Blank,

    /// <summary>What asks for the same as the page, without a browser.</summary>
    Reader,

    /// <summary>Fifty of these.</summary>
    FiftyReaders,

    /// <summary>The page.</summary>
    Page,
}
