namespace DagmmStream;

/// <summary>
/// Events of one producer on their way to one partition, as flat little-endian columns: one array crosses the wire faster than rows.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.event-batch")]
public sealed class EventBatch
{
    /// <summary>Largest number of events in a batch.</summary>
    public const int MaxEvents = 256;

    /// <summary>Name of the producer: 1 to 128 characters.</summary>
    [Id(0)]
    public required string Producer { get; init; }

    /// <summary>Sequence of the first event; a producer numbers its events per partition from 0, without gaps.</summary>
    [Id(1)]
    public required long FirstSequence { get; init; }

    /// <summary>Events n.</summary>
    [Id(2)]
    public required int Count { get; init; }

    /// <summary>Feature vectors [n, d], row-major, 32-bit little-endian floats: 4 n d bytes. NaN stands for a missing value, where the
    /// feature's <see cref="MissingPolicy"/> allows one.</summary>
    [Id(3)]
    public required byte[] Features { get; init; }

    /// <summary>Event times [n], little-endian: unsigned 32-bit offsets from <see cref="TimeBase"/> in microseconds, 4 n bytes; or 64-bit
    /// microseconds since 1970-01-01 UTC, 8 n bytes. See <see cref="EventTimes"/>.</summary>
    [Id(4)]
    public required byte[] Times { get; init; }

    /// <summary>One <see cref="EventMarks"/> per event [n]; null for none.</summary>
    [Id(5)]
    public byte[]? Marks { get; init; }

    /// <summary>Names of categories: a cell of a categorical feature is an index into them, or NaN for none. Null without such features.
    /// </summary>
    [Id(6)]
    public string[]? Names { get; init; }

    /// <summary>What offsets in <see cref="Times"/> count from, microseconds since 1970-01-01 UTC; not read where they are absolute.
    /// </summary>
    [Id(7)]
    public long TimeBase { get; init; }
}
