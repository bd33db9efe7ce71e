namespace DagmmStream.Silo.Live;

/// <summary>Knows how far one partition has come, by one waiting call for all who watch it.</summary>
internal sealed class LiveFeed : IDisposable
{
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPartitionGrain _grain;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private TaskCompletionSource _changed = NewSignal();
    private long _next;

    /// <summary>Begins to watch.</summary>
    /// <param name="grain">The partition.</param>
    /// <param name="next">Its next offset.</param>
    /// <param name="interval">Shortest time between two looks: nobody is told of news more often.</param>
    /// <param name="time">Clock.</param>
    public LiveFeed(IPartitionGrain grain, long next, TimeSpan interval, TimeProvider time)
    {
        (_grain, _next, _interval, _time) = (grain, next, interval, time);
        _ = Task.Run(PollAsync);
    }

    /// <summary>Connections that watch; changed under the hub's lock.</summary>
    public int Watchers { get; set; }

    /// <summary>Completes when the partition has scores from an offset on.</summary>
    public Task WhenBeyond(long offset)
    {
        // The signal first: what arrives after this line completes it.
        var changed = Volatile.Read(ref _changed);
        return Volatile.Read(ref _next) > offset ? Task.CompletedTask : changed.Task;
    }

    public void Dispose() => _stop.Cancel();

    private async Task PollAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var page = await _grain.ReadScoresAsync(_next, 1, LongPoll, _stop.Token);
                if (page.NextOffset <= _next) continue;
                var next = Math.Max(page.NextOffset, (await _grain.GetStatusAsync(_stop.Token)).Accepted);
                Volatile.Write(ref _next, next);
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
