namespace DagmmStream;

/// <summary>One event to be scored or explained and then forgotten.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.probe-event")]
public sealed class ProbeEvent
{
    /// <summary>Feature vector [d], 32-bit little-endian floats, in the order of the stream's definition.</summary>
    [Id(0)]
    public required byte[] Features { get; init; }

    /// <summary>Event time, microseconds since 1970-01-01 UTC; null for now.</summary>
    [Id(1)]
    public long? Time { get; init; }

    /// <summary>Names of categories, as in <see cref="EventBatch.Names"/>.</summary>
    [Id(2)]
    public string[]? Names { get; init; }
}
