namespace DagmmStream.Grains.Alerts;

/// <summary>The silo's own calls to a partition about its alerts; its key is that of the partition.</summary>
[Alias("dagmm.partition-alerts")]
internal interface IPartitionAlerts : IGrainWithStringKey
{
    /// <summary>Reads the stream's alert policy again.</summary>
    [Alias("ReloadAlertPolicy")]
    Task ReloadAlertPolicyAsync(CancellationToken cancellationToken);

    /// <summary>When the newest event arrived since activation; null for never.</summary>
    [Alias("LastArrival")]
    Task<DateTimeOffset?> LastArrivalAsync(CancellationToken cancellationToken);

    /// <summary>Looks whether the stream is silent.</summary>
    /// <param name="elsewhere">When the newest event arrived at the other partitions.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    [Alias("CheckSilence")]
    Task CheckSilenceAsync(DateTimeOffset? elsewhere, CancellationToken cancellationToken);
}
