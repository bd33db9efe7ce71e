namespace DagmmStream.Client;

/// <summary>Consecutive events that were queued but not delivered.</summary>
/// <param name="partition">The partition they were meant for.</param>
/// <param name="count">How many events.</param>
/// <param name="error">Why.</param>
public sealed class DeliveryFailedEventArgs(PartitionId partition, int count, DagmmStreamException error) : EventArgs
{
    /// <summary>The partition they were meant for.</summary>
    public PartitionId Partition { get; } = partition;

    /// <summary>How many events.</summary>
    public int Count { get; } = count;

    /// <summary>
    /// Why. After <see cref="ErrorCode.DeliveryTimeout"/> it is unknown whether the service has them; after any other it has not.
    /// </summary>
    public DagmmStreamException Error { get; } = error;
}
