using DagmmStream.Storage.Writing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DagmmStream.Storage;

/// <summary>
/// Deletes the names of producers that are not needed any more: every request with an idempotency key is a producer of its own. Who is a
/// duplicate is decided by the watermarks in checkpoints, not by these rows.
/// </summary>
internal sealed partial class ProducerRetention(
    IRelationalStore store, TimeProvider time, ILogger<ProducerRetention> logger) : BackgroundService
{
    private const int DeleteRows = 4096;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) return;
            try
            {
                while (await store.ForgetProducersAsync(DeleteRows, stoppingToken).ConfigureAwait(false) == DeleteRows)
                    await Task.Yield();
            }
            catch (Exception exception) when (exception is DagmmStreamException or OperationCanceledException)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Names of producers could not be deleted; tried again later")]
    private partial void LogFailed(Exception exception);
}
