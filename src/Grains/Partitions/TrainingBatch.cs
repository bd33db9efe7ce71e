namespace DagmmStream.Grains.Partitions;

/// <summary>
/// Accepted events on their way to training, in offset order; or, with <see cref="Barrier"/> or <see cref="Export"/> set, a request
/// for a checkpoint.
/// </summary>
internal sealed class TrainingBatch
{
    public long FirstOffset { get; init; }

    public int Count { get; init; }

    public string Producer { get; init; } = "";

    public long FirstSequence { get; init; }

    /// <summary>Share of the events that is learned, 0 to 255 (255 = all).</summary>
    public byte SamplingRate { get; init; }

    /// <summary>Feature vectors [n, d], 32-bit little-endian floats; shared with the wire message and never changed.</summary>
    public ReadOnlyMemory<byte> Features { get; init; }

    /// <summary>Completed when everything queued before it is learned and a checkpoint is written.</summary>
    public TaskCompletionSource? Barrier { get; init; }

    /// <summary>Completed with the bytes of a checkpoint when everything queued before it is learned; nothing is written.</summary>
    public TaskCompletionSource<byte[]>? Export { get; init; }
}
