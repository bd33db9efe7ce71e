namespace DagmmStream;

/// <summary>What became of a batch.</summary>
public enum PushOutcome
{
    /// <summary>
    /// All events are accepted now or were accepted before (<see cref="PushReply.Duplicates"/> of them), and are acknowledged.
    /// </summary>
    Accepted = 0,

    /// <summary>Nothing was accepted: no room, or the silo drains. Send the batch again after <see cref="PushReply.RetryAfter"/>.</summary>
    Refused = 1,

    /// <summary>Nothing was accepted: <see cref="PushReply.ExpectedSequence"/> must come first.</summary>
    SequenceGap = 2,
}
