using DagmmStream.Silo.Metrics;
using DagmmStream.Storage.Alerts;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Alerts;

/// <summary>
/// Empties the outbox: takes what is due, sends it, and notes in the store how that ended. A message whose taker dies is due again when the
/// lease is over, on any silo: receivers get every message at least once, and know by its id what they have already.
/// </summary>
internal sealed partial class AlertDeliveryService(
    IAlertStore alerts, WebhookSender sender, AlertLinks links, AlertMetrics metrics, IOptions<AlertOptions> options, TimeProvider time,
    ILogger<AlertDeliveryService> logger) : BackgroundService
{
    private readonly AlertOptions _options = options.Value;

    /// <summary>Delivers what is due now.</summary>
    /// <returns>How many messages were tried.</returns>
    internal async Task<int> DeliverAsync(CancellationToken cancellationToken)
    {
        var due = await alerts.ClaimAsync(time.GetUtcNow(), _options.Lease, _options.MaxParallel, cancellationToken);
        await Parallel.ForEachAsync(
            due, new ParallelOptions { MaxDegreeOfParallelism = _options.MaxParallel, CancellationToken = cancellationToken },
            async (delivery, token) => await DeliverAsync(delivery, token));
        metrics.Count(await alerts.CountDeliveriesAsync(cancellationToken));
        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var count = 0;
            try
            {
                count = await DeliverAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The store does not answer: what is due stays due.
                LogFailed(exception);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (count > 0) continue;
            await Task.Delay(_options.PollInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task DeliverAsync(AlertDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.IsSuppressed)
        {
            await SettleAsync(delivery, DeliveryState.Withheld, delivery.Attempts, time.GetUtcNow(), null, cancellationToken);
            return;
        }

        var result = await AttemptAsync(delivery, cancellationToken);
        var now = time.GetUtcNow();
        if (result.Error is null)
        {
            await SettleAsync(delivery, DeliveryState.Delivered, delivery.Attempts, now, null, cancellationToken);
            return;
        }

        var attempts = delivery.Attempts + 1;
        var isDead = result.IsFinal || attempts > _options.Schedule.Count;
        if (isDead) LogDead(delivery.Episode.Id, delivery.Target, attempts, result.Error);
        var (state, at) = isDead ? (DeliveryState.Dead, now) : (DeliveryState.Pending, now + _options.Schedule[attempts - 1]);
        await SettleAsync(delivery, state, attempts, at, result.Error, cancellationToken);
    }

    private async Task<AttemptResult> AttemptAsync(AlertDelivery delivery, CancellationToken cancellationToken)
    {
        var policy = await alerts.FindPolicyAsync(delivery.Episode.Stream, cancellationToken);
        return policy?.Webhooks.FirstOrDefault(webhook => webhook.Name == delivery.Target) is { } webhook
            ? await sender.SendAsync(AlertMessage.Of(delivery, links.Address), webhook, cancellationToken)
            : new AttemptResult($"the stream's policy has no webhook \"{delivery.Target}\" any more", IsFinal: true);
    }

    private Task SettleAsync(
        AlertDelivery delivery, DeliveryState state, int attempts, DateTimeOffset at, string? error, CancellationToken cancellationToken)
    {
        metrics.Settled(state);
        return alerts.SettleAsync(delivery.Number, state, attempts, at, error, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Alert {Alert} could not be delivered to webhook {Webhook} in {Attempts} attempts and was given up: {Error}")]
    private partial void LogDead(string alert, string webhook, int attempts, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alerts cannot be delivered at the moment; they are kept")]
    private partial void LogFailed(Exception exception);
}
