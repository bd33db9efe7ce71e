using DagmmStream.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Drain;

/// <summary>
/// Drains before the host stops: <see cref="StoppingAsync"/> runs before any hosted service, and so Orleans and the HTTP server, is
/// stopped.
/// </summary>
internal sealed partial class DrainService(
    IDrain drain, IOptions<SiloOptions> options, TimeProvider time, ILogger<DrainService> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(options.Value.DrainTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var left = await drain.DrainAsync(either.Token);
            if (left == 0) LogDrained(time.GetElapsedTime(begun).TotalSeconds);
            else LogIncomplete(left);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            LogTimeout(options.Value.DrainTimeout);
        }
        catch (Exception exception)
        {
            // The stop must go on whatever happens here: the journal has everything that was acknowledged.
            LogFailed(exception);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Drained in {Seconds:F1} s: every partition has a checkpoint")]
    private partial void LogDrained(double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} partitions were not drained; the next start goes on from their journal")]
    private partial void LogIncomplete(int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Silo:DrainTimeout = {Timeout} has passed before training was done; the next start goes on from the journal")]
    private partial void LogTimeout(TimeSpan timeout);

    [LoggerMessage(Level = LogLevel.Error, Message = "The drain failed; the next start goes on from the journal")]
    private partial void LogFailed(Exception exception);
}
