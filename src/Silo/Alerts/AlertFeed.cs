using DagmmStream.Storage.Alerts;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Alerts;

/// <summary>The newest alerts of all silos, read from the store at most once in half a poll interval, however many watch.</summary>
internal sealed class AlertFeed(IAlertStore alerts, IOptions<AlertOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>So many alerts are watched for changes.</summary>
    public const int Watched = 200;

    private static readonly AlertQuery Query = new() { AlertsOnly = true, Limit = Watched };
    private readonly SemaphoreSlim _reading = new(1, 1);
    private IReadOnlyList<AlertRecord>? _newest;
    private long _readAt;

    /// <summary>The newest alerts, the newest first.</summary>
    public async Task<IReadOnlyList<AlertRecord>> ReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_newest is not null && time.GetElapsedTime(_readAt) < options.Value.PollInterval / 2) return _newest;
            _newest = await alerts.ListAsync(Query, cancellationToken);
            _readAt = time.GetTimestamp();
            return _newest;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();
}
