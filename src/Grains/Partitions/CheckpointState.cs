namespace DagmmStream.Grains.Partitions;

/// <summary>
/// What grain storage keeps of a partition: one opaque array with its own header and checksum (docs/checkpoint-format.md).
/// </summary>
[GenerateSerializer]
[Alias("dagmm.checkpoint-state")]
public sealed class CheckpointState
{
    /// <summary>The checkpoint's bytes; empty when none was written.</summary>
    [Id(0)]
    public byte[] Payload { get; set; } = [];
}
