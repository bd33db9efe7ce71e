using DagmmStream.Client.Transport;

namespace DagmmStream.Client.Producing;

/// <summary>What a producer of one partition works with.</summary>
internal sealed record PartitionContext(
    PartitionId Partition,
    StreamDefinition Definition,
    IServiceTransport Transport,
    DagmmStreamClientOptions Options,
    RetryPolicy Retry,
    TimeProvider Time,
    Action<DeliveryFailedEventArgs> Failed);
