namespace DagmmStream.Grains.Alerts;

/// <summary>What the silo tells partitions about alerts.</summary>
/// <param name="grains">Finds the partitions.</param>
public sealed class AlertControl(IGrainFactory grains)
{
    /// <summary>Lets a stream's partitions read its alert policy again: the new one decides from their next event on.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes when all have it.</returns>
    public Task ReloadAsync(StreamDefinition stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Task.WhenAll(Enumerable.Range(0, stream.Partitions)
            .Select(partition => Partition(stream, partition).ReloadAlertPolicyAsync(cancellationToken)));
    }

    /// <summary>Looks whether a stream is silent: no partition has had an event for as long as the policy says. The first partition keeps
    /// the alert.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes when a change is stored.</returns>
    public async Task CheckSilenceAsync(StreamDefinition stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var arrivals = await Task.WhenAll(Enumerable.Range(1, stream.Partitions - 1)
            .Select(partition => Partition(stream, partition).LastArrivalAsync(cancellationToken)));
        await Partition(stream, 0).CheckSilenceAsync(arrivals.Max(), cancellationToken);
    }

    private IPartitionAlerts Partition(StreamDefinition stream, int partition) =>
        grains.GetGrain<IPartitionAlerts>(new PartitionId(stream.Name, partition).ToString());
}
