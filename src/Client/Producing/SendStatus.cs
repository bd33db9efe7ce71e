namespace DagmmStream.Client.Producing;

/// <summary>What one attempt to send a batch came to.</summary>
internal enum SendStatus
{
    /// <summary>Accepted.</summary>
    Accepted,

    /// <summary>No room; try again after the stated time.</summary>
    Refused,

    /// <summary>Something else must come first.</summary>
    Gap,

    /// <summary>The attempt failed and its outcome may be unknown; try again.</summary>
    Transient,

    /// <summary>The service will never take it.</summary>
    Final,
}
