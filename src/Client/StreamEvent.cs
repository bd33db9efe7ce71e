namespace DagmmStream.Client;

/// <summary>One event as a program hands it over.</summary>
/// <param name="timestamp">When it happened; kept to the microsecond.</param>
/// <param name="features">Feature vector [d], in the order of the stream's definition; copied before the call that takes the event
/// returns.</param>
/// <param name="key">Routing key: events of one key stay in one partition, in order. Null: round robin over the partitions.</param>
public readonly struct StreamEvent(DateTimeOffset timestamp, ReadOnlyMemory<float> features, string? key = null)
{
    /// <summary>When it happened.</summary>
    public DateTimeOffset Timestamp { get; } = timestamp;

    /// <summary>Feature vector [d], in the order of the stream's definition.</summary>
    public ReadOnlyMemory<float> Features { get; } = features;

    /// <summary>Routing key, or null for round robin.</summary>
    public string? Key { get; } = key;

    /// <summary>Names of the categorical features, in the order of the stream's definition; null for a missing one. The cells of these
    /// features in <see cref="Features"/> are not read.</summary>
    /// <value>Default none: every category is missing.</value>
    public ReadOnlyMemory<string?> Categories { get; init; }

    /// <summary>True for history: the event is learned, and never called anomalous.</summary>
    /// <value>Default false.</value>
    public bool IsBackFill { get; init; }

    /// <summary>Event time, microseconds since 1970-01-01 UTC.</summary>
    internal long Microseconds => (Timestamp.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
