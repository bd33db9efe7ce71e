namespace DagmmStream;

/// <summary>Where an episode stands.</summary>
public enum AlertState
{
    /// <summary>Begun, but not yet as long as the policy asks of an alert: nobody is told.</summary>
    Pending = 0,

    /// <summary>An alert that goes on.</summary>
    Raised = 1,

    /// <summary>An alert that is over.</summary>
    Ended = 2,

    /// <summary>Over before it was an alert; kept, and nobody was told.</summary>
    Passed = 3,
}
