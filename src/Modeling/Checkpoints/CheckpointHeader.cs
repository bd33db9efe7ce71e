namespace DagmmStream.Modeling.Checkpoints;

/// <summary>What a checkpoint says about itself before its payload is read.</summary>
/// <param name="SpecHash">XxHash3 (64 bits) of the model's byte form, see <see cref="SpecCodec.Hash"/>.</param>
/// <param name="Step">Training steps tried so far; the fence of writes.</param>
/// <param name="Offset">Events covered: the first offset not contained.</param>
public readonly record struct CheckpointHeader(ulong SpecHash, long Step, long Offset)
{
    /// <summary>Newest format version, the one written.</summary>
    public const ushort CurrentVersion = 5;

    /// <summary>Bytes before the payload.</summary>
    public const int Size = 44;

    /// <summary>Format version of the bytes read.</summary>
    /// <value>Default <see cref="CurrentVersion"/>.</value>
    public ushort Version { get; init; } = CurrentVersion;
}
