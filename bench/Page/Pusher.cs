using System.Diagnostics;
using DagmmStream.Client;

namespace DagmmStream.Bench.Page;

/// <summary>Pushes events at a steady rate.</summary>
/// <param name="stream">The stream; 8 features.</param>
internal sealed class Pusher(StreamClient stream)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private readonly float[] _features = new float[8];
    private long _pushed;

    /// <summary>Events so far.</summary>
    public long Pushed => Volatile.Read(ref _pushed);

    /// <summary>Events a second; 0 pauses.</summary>
    public int Rate { get; set; }

    public async Task PushAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var at = _pushed++;
            for (var j = 0; j < _features.Length; j++)
                _features[j] = MathF.Sin(at / (9f + j)) + (0.1f * MathF.Sin(at * (7.3f + j))) + (at % 5000 == 4999 && j == 7 ? 6 : 0);
            await stream.EnqueueAsync(new StreamEvent(TimeProvider.System.GetUtcNow(), _features));
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Tick);
        var (last, owed) = (Stopwatch.GetTimestamp(), 0.0);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                owed += Rate * Stopwatch.GetElapsedTime(last).TotalSeconds;
                last = Stopwatch.GetTimestamp();
                await PushAsync((int)owed);
                owed -= Math.Floor(owed);
            }
        }
        catch (OperationCanceledException)
        {
            await stream.FlushAsync(CancellationToken.None);
        }
    }
}
