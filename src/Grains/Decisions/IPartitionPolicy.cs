namespace DagmmStream.Grains.Decisions;

/// <summary>The catalog's own call to a partition when its stream's policy has changed; its key is that of the partition.</summary>
[Alias("dagmm.partition-policy")]
internal interface IPartitionPolicy : IGrainWithStringKey
{
    /// <summary>Reads the stream's definition again and decides by it from the next event on.</summary>
    [Alias("ReloadPolicy")]
    Task ReloadPolicyAsync(CancellationToken cancellationToken);
}
