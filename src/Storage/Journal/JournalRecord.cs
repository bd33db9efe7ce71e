namespace DagmmStream.Storage.Journal;

/// <summary>One accepted batch: what training needs to go on after a crash.</summary>
public sealed record JournalRecord
{
    /// <summary>Offset of the first event.</summary>
    public required long FirstOffset { get; init; }

    /// <summary>Events n.</summary>
    public required int Count { get; init; }

    /// <summary>Name of the producer.</summary>
    public required string Producer { get; init; }

    /// <summary>Sequence of the first event.</summary>
    public required long FirstSequence { get; init; }

    /// <summary>Share of the events that the learning policy learns, 0 to 255 (255 = all).</summary>
    public required byte SamplingRate { get; init; }

    /// <summary>Feature vectors [n, d], row-major, 32-bit little-endian floats.</summary>
    public required ReadOnlyMemory<byte> Features { get; init; }
}
