namespace DagmmStream;

/// <summary>What else is to be known about one event's score and verdict; several may be set.</summary>
[Flags]
public enum EventFlags : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A missing value was imputed by the feature's policy.</summary>
    Imputed = 1,

    /// <summary>Older than the stream's lateness window allows: scored, not learned.</summary>
    Late = 2,

    /// <summary>A category that this partition had not seen before.</summary>
    UnseenCategory = 4,

    /// <summary>Lagged values began again: the stream's first event, or one after a pause longer than the gap threshold.</summary>
    Restarted = 8,

    /// <summary>Pushed as history: learned, never called anomalous.</summary>
    BackFilled = 16,

    /// <summary>The verdict would have been anomalous: a rule, a label or a back-fill made it normal. Energy and p-value are untouched.
    /// </summary>
    Suppressed = 32,

    /// <summary>The verdict would have been normal: a label of a similar event made it anomalous. Energy and p-value are untouched.
    /// </summary>
    Raised = 64,

    /// <summary>The energy is from a provisional snapshot of fewer events than a first verdict needs: low confidence.</summary>
    Provisional = 128,
}
