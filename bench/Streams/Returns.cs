using System.Diagnostics;
using System.Globalization;
using Orleans.Runtime;

namespace DagmmStream.Bench.Streams;

/// <summary>
/// Many streams, one in a hundred active: the idle ones are collected, then events come to a thousand of them, one after the other, while
/// the active ones go on. Prints streams, active ones, partitions in memory before and after the collection, managed bytes before and
/// after, and the time of a ScoreAsync that loads its partition (p50, p99, longest, ms).
/// </summary>
internal sealed class Returns(IGrainFactory grains, IReadOnlyList<Partition> partitions, byte[] rows, Func<long> memory)
{
    private const int ActiveShare = 100;
    private const int Samples = 1000;
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    public async Task RunAsync()
    {
        using var stop = new CancellationTokenSource();
        var active = partitions.Count / ActiveShare;
        var feeding = FeedAsync(active, stop.Token);
        var management = grains.GetGrain<IManagementGrain>(0);
        var (residentBefore, bytesBefore) = (await ResidentAsync(management), memory());
        await Task.Delay(2 * Age);
        await management.ForceActivationCollection(Age);
        while (await ResidentAsync(management) > active + 1) await Task.Delay(Beat);
        var (residentAfter, bytesAfter) = (await ResidentAsync(management), memory());
        var times = await ReturnAsync(active);
        await stop.CancelAsync();
        await feeding;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{partitions.Count}\t{active}\t{residentBefore}\t{residentAfter}\t{bytesBefore}\t{bytesAfter}\t{times[Samples / 2]:F1}\t"
            + $"{times[Samples * 99 / 100]:F1}\t{times[^1]:F1}"));
    }

    private async Task FeedAsync(int active, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Beat);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                for (var i = 0; i < active; i++) await partitions[i].PushAsync(rows, stop);
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task<double[]> ReturnAsync(int active)
    {
        var (random, times) = (new Random(1), new double[Samples]);
        var idle = Enumerable.Range(active, partitions.Count - active).ToArray();
        random.Shuffle(idle);
        var features = new float[8];
        for (var i = 0; i < Samples; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await partitions[idle[i]].Stream.ScoreAsync(new Client.StreamEvent(DateTimeOffset.UnixEpoch.AddHours(1), features));
            times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }

    private static async Task<int> ResidentAsync(IManagementGrain management) =>
        (await management.GetSimpleGrainStatistics()).Where(one => one.GrainType.Contains("Partition", StringComparison.Ordinal))
            .Sum(one => one.ActivationCount);
}
