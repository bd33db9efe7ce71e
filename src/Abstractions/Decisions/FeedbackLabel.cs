namespace DagmmStream;

/// <summary>What a person says about an event.</summary>
public enum FeedbackLabel
{
    /// <summary>This was no anomaly.</summary>
    Normal = 0,

    /// <summary>This was one.</summary>
    Anomaly = 1,
}
