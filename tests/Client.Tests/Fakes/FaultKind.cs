namespace DagmmStream.Client.Tests.Fakes;

/// <summary>What goes wrong with one push.</summary>
internal enum FaultKind
{
    None,

    /// <summary>Accepted, but the caller gets a timeout.</summary>
    LostReply,

    /// <summary>Not accepted; the caller gets a timeout.</summary>
    LostRequest,

    /// <summary>Not accepted: the runtime rejects the message.</summary>
    Rejected,

    /// <summary>Refused for lack of room.</summary>
    Refused,

    /// <summary>Accepted, but the runtime cancels the call: a directory gave up what it was looking for.</summary>
    Cancelled,

    /// <summary>A final error.</summary>
    Final,
}
