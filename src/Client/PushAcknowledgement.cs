namespace DagmmStream.Client;

/// <summary>
/// The service has accepted consecutive events of a push: they are as durable as the stream promises and will be learned once.
/// </summary>
public sealed class PushAcknowledgement
{
    /// <summary>The partition that took the events.</summary>
    public required int Partition { get; init; }

    /// <summary>The producer's sequence of the first event; the others follow without gaps.</summary>
    public required long FirstSequence { get; init; }

    /// <summary>Events n.</summary>
    public required int Count { get; init; }

    /// <summary>How many of them had been accepted by an earlier attempt whose reply was lost.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Verdicts [n], in order; a duplicate whose score has left the partition's memory has offset -1.</summary>
    public required ScoreBlock Scores { get; init; }
}
