using System.Text.Json;

namespace DagmmStream.Silo.Live;

/// <summary>Follows one partition for all who watch it: one waiting call, which brings the new scores along.</summary>
internal sealed class LiveFeed : IDisposable
{
    /// <summary>Most scores in one look.</summary>
    public const int PageSize = 10_000;

    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly PartitionId _partition;
    private readonly IPartitionGrain _grain;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly JsonSerializerOptions _json;
    private TaskCompletionSource _changed = NewSignal();
    private LiveStretch? _newest;
    private long _next;

    /// <summary>Begins to watch.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="grain">Its grain.</param>
    /// <param name="next">Its next offset.</param>
    /// <param name="interval">Shortest time between two looks: nobody is told of news more often.</param>
    /// <param name="time">Clock.</param>
    /// <param name="json">How numbers are written.</param>
    public LiveFeed(
        PartitionId partition, IPartitionGrain grain, long next, TimeSpan interval, TimeProvider time, JsonSerializerOptions json)
    {
        (_partition, _grain, _next, _interval, _time, _json) = (partition, grain, next, interval, time, json);
        _ = Task.Run(PollAsync);
    }

    /// <summary>Connections that watch; changed under the hub's lock.</summary>
    public int Watchers { get; set; }

    /// <summary>One past the last score seen.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Completes when the partition has scores from an offset on, or when it is not known whether it has.</summary>
    public Task WhenBeyond(long offset)
    {
        // The signal first: what arrives after this line completes it.
        var changed = Volatile.Read(ref _changed);
        return Next > offset ? Task.CompletedTask : changed.Task;
    }

    /// <summary>The scores from an offset on; null when there are none yet.</summary>
    /// <remarks>Who keeps pace gets what the feed has read. Who is behind reads for himself, up to where the feed stands, and keeps pace
    /// from there on.</remarks>
    public async Task<LiveStretch?> ReadAsync(long offset, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _newest) is { } newest && newest.First == offset) return newest;
        var behind = Next - offset;
        var most = behind > 0 ? (int)Math.Min(behind, PageSize) : PageSize;
        var page = await _grain.ReadScoresAsync(offset, most, TimeSpan.Zero, cancellationToken);
        return page.Scores.Count == 0 ? null : new LiveStretch(_partition, page.Scores, _json);
    }

    public void Dispose() => _stop.Cancel();

    private async Task PollAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var page = await _grain.ReadScoresAsync(_next, PageSize, LongPoll, _stop.Token);
                if (page.NextOffset <= _next) continue;
                if (page.Scores.Count > 0) Volatile.Write(ref _newest, new LiveStretch(_partition, page.Scores, _json));
                Volatile.Write(ref _next, page.NextOffset);
                Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
                await Task.Delay(_interval, _time, _stop.Token);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is DagmmStreamException or Orleans.Runtime.OrleansException or TimeoutException)
            {
                // The partition moves or restarts: it is asked again. Its readers meet the same error and tell it.
                Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
                await Task.Delay(RetryDelay, _time, CancellationToken.None);
            }
        }

        _stop.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
