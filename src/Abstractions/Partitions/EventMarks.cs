namespace DagmmStream;

/// <summary>What a producer says about one event.</summary>
[Flags]
public enum EventMarks : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>History: it is learned, and never called anomalous.</summary>
    BackFill = 1,
}
