using DagmmStream.Storage.Diagnostics;
using Microsoft.Extensions.Logging;

namespace DagmmStream.Storage.Writing;

/// <summary>
/// What a silo says while its store is away or full: a warning when it begins, one a minute while it lasts, and a word when it is over.
/// One per silo, fed with whatever fails and succeeds; a store that fails now and then within a minute is not said anew.
/// </summary>
/// <param name="logger">Log.</param>
/// <param name="time">The clock.</param>
internal sealed partial class StoreOutage(ILogger logger, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private volatile bool _lasts;
    private bool _isOfAppends;
    private bool _isSaid;
    private long _begun;
    private long? _lastSaid;
    private int _failures;
    private int _refused;

    /// <summary>The batches that wait for the store.</summary>
    public WaitingBatches Waiting { get; } = new();

    /// <summary>True from the first failure until something of its kind has succeeded.</summary>
    public bool Lasts => _lasts;

    /// <summary>Something failed that may succeed later.</summary>
    /// <param name="error">What, and what to do about it.</param>
    /// <param name="isAppend">Whether batches of events were to be committed: a disk that is full can still be read.</param>
    public void Failed(Exception error, bool isAppend)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (!_lasts)
            {
                (_isOfAppends, _isSaid, _begun, _failures, _refused) = (false, false, now, 0, 0);
                StorageMetrics.OutageBegun();
                _lasts = true;
            }

            _failures++;
            _isOfAppends |= isAppend;
            if (_lastSaid is { } said && time.GetElapsedTime(said, now) < Interval) return;
            var (partitions, batches) = Waiting.Count;
            if (_isSaid) LogLasts((long)time.GetElapsedTime(_begun, now).TotalSeconds, error.Message, partitions, batches);
            else LogBegun(error.Message, partitions, batches);
            (_isSaid, _lastSaid) = (true, now);
        }
    }

    /// <summary>Batches were given back to their senders.</summary>
    /// <param name="batches">How many.</param>
    public void Refused(int batches)
    {
        lock (_lock) _refused += batches;
    }

    /// <summary>Something succeeded.</summary>
    /// <param name="isAppend">Whether batches of events were committed.</param>
    public void Succeeded(bool isAppend)
    {
        if (!_lasts) return;
        lock (_lock)
        {
            if (!_lasts || (_isOfAppends && !isAppend)) return;
            End();
            if (_isSaid) LogOver(time.GetElapsedTime(_begun).TotalSeconds, _failures, _refused);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            if (_lasts) End();
    }

    private void End()
    {
        StorageMetrics.OutageOver();
        _lasts = false;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Store outage: {Problem}. {Partitions} partitions wait with {Batches} batches; events are refused, "
            + "clients send them again")]
    private partial void LogBegun(string problem, int partitions, int batches);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Store outage for {Seconds} s: {Problem}. {Partitions} partitions wait with {Batches} batches")]
    private partial void LogLasts(long seconds, string problem, int partitions, int batches);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Store outage over after {Seconds:F1} s: {Failures} commits or reads failed, {Refused} batches were refused")]
    private partial void LogOver(double seconds, int failures, int refused);
}
