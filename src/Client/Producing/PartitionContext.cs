namespace DagmmStream.Client.Producing;

/// <summary>What a producer of one partition works with.</summary>
internal sealed record PartitionContext(
    PartitionId Partition,
    StreamDefinition Definition,
    IPartitionGrain Grain,
    DagmmStreamClientOptions Options,
    RetryPolicy Retry,
    TimeProvider Time,
    Action<DeliveryFailedEventArgs> Failed);
