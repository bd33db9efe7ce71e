namespace DagmmStream.Client;

/// <summary>
/// What <see cref="StreamClient.EnqueueAsync"/> and <see cref="StreamClient.ScoreAsync"/> do when a partition's queue is full.
/// </summary>
public enum QueueFullMode
{
    /// <summary>Wait for room: the service's pace becomes the caller's pace.</summary>
    Wait = 0,

    /// <summary>Throw <see cref="ErrorCode.Overloaded"/> (transient); the event is not numbered and may be offered again.</summary>
    Fail = 1,
}
