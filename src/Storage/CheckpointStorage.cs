namespace DagmmStream.Storage;

/// <summary>The grain storage that keeps checkpoints.</summary>
public static class CheckpointStorage
{
    /// <summary>Its provider name.</summary>
    public const string Name = "dagmm";
}
