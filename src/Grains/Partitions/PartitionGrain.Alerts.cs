using DagmmStream.Grains.Alerts;

namespace DagmmStream.Grains.Partitions;

/// <content>Alerts: what becomes of the verdicts.</content>
internal sealed partial class PartitionGrain : IPartitionAlerts
{
    private PartitionAlerts _alerts = null!;

    public Task ReloadAlertPolicyAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        return _alerts.ReloadAsync(cancellationToken);
    }

    public Task<DateTimeOffset?> LastArrivalAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        return Task.FromResult(_alerts.LastArrival);
    }

    public Task CheckSilenceAsync(DateTimeOffset? elsewhere, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        return _alerts.CheckSilenceAsync(elsewhere, cancellationToken);
    }
}
