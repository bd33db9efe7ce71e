namespace DagmmStream;

/// <summary>What changed about an episode.</summary>
public enum AlertTransition
{
    /// <summary>Its counters or its peak; nobody is told.</summary>
    Updated = 0,

    /// <summary>It became an alert.</summary>
    Raised = 1,

    /// <summary>The alert is over.</summary>
    Ended = 2,
}
