using System.Runtime.CompilerServices;
using DagmmStream.Client;

namespace DagmmStream.Bench.Chaos;

/// <summary>Pushes one stream's events at a steady rate and writes down every acknowledgement.</summary>
internal sealed class ChaosProducer(StreamClient stream, AcknowledgementLog log, int rate)
{
    public const int Features = 8;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    /// <summary>Pushes until told to stop, then until everything is acknowledged.</summary>
    /// <returns>The failure that ended it; null when all was acknowledged.</returns>
    public async Task<Exception?> RunAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var batch in stream.PushAsync(SourceAsync(stop), CancellationToken.None)) log.Add(stream.Name, batch);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private async IAsyncEnumerable<StreamEvent> SourceAsync(
        CancellationToken stop, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var timer = new PeriodicTimer(Beat);
        var perBeat = Math.Max(1, (int)(rate * Beat.TotalSeconds));
        var features = new float[Features];
        for (var i = 0L; !stop.IsCancellationRequested;)
        {
            for (var k = 0; k < perBeat; k++, i++)
            {
                for (var j = 0; j < Features; j++) features[j] = (float)(Math.Sin((0.37 * i) + j) + (0.1 * Math.Cos(7.1 * i * (j + 1))));
                yield return new StreamEvent(DateTimeOffset.UnixEpoch.AddMilliseconds(i), features);
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }
}
