using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>
/// Anomalous events of one partition that belong together, or a silence of a stream: one alert with one id, from its start over its peak
/// to its end. Times are microseconds since 1970-01-01 UTC: those of the events for anomalies, those of the service for a silence.
/// </summary>
public sealed record AlertEpisode
{
    /// <summary>Identifies it for good: 32 hexadecimal digits, from the partition and the first event.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the stream.</summary>
    public required string Stream { get; init; }

    /// <summary>Number of the partition; 0 for a silence, which is of all partitions.</summary>
    public required int Partition { get; init; }

    /// <summary>What it is about.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public required AlertState State { get; init; }

    /// <summary>Time of the first anomalous event; of a silence, when the last event arrived.</summary>
    public required long StartTime { get; init; }

    /// <summary>Offset of the first anomalous event; -1 for a silence.</summary>
    public required long StartOffset { get; init; }

    /// <summary>Newest time that belongs to it; not before the start. Of an episode that is over, its end.</summary>
    public required long LastTime { get; init; }

    /// <summary>Offset of the newest event that belongs to it; -1 for a silence.</summary>
    public required long LastOffset { get; init; }

    /// <summary>Anomalous events so far; 0 for a silence.</summary>
    public required long AnomalousEvents { get; init; }

    /// <summary>The event with the highest score so far; null for a silence.</summary>
    public AlertPeak? Peak { get; init; }

    /// <summary>What the stream's policy said about its alerts when it began.</summary>
    /// <value>Default none.</value>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>True while it goes on.</summary>
    public bool IsOpen => State is AlertState.Pending or AlertState.Raised;
}
