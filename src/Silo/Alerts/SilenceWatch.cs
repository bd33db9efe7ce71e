using DagmmStream.Grains.Alerts;
using DagmmStream.Storage.Alerts;
using DagmmStream.Storage.Catalog;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Alerts;

/// <summary>Asks the streams whose policy has a silence time whether they are silent. That keeps them in memory, on purpose.</summary>
internal sealed partial class SilenceWatch(
    IAlertStore alerts, ICatalogStore catalog, AlertControl control, IOptions<AlertOptions> options, TimeProvider time,
    ILogger<SilenceWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(options.Value.SilenceInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                foreach (var (stream, policy) in await alerts.ListPoliciesAsync(stoppingToken))
                    if (policy.Silence > TimeSpan.Zero) await TryCheckAsync(stream, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception, "of all streams");
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task TryCheckAsync(string stream, CancellationToken cancellationToken)
    {
        try
        {
            if (await catalog.FindAsync(stream, cancellationToken) is { } definition)
                await control.CheckSilenceAsync(definition, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // One stream that does not answer must not hide the silence of the others.
            LogFailed(exception, stream);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silence {Stream} cannot be checked at the moment; it is tried again")]
    private partial void LogFailed(Exception exception, string stream);
}
