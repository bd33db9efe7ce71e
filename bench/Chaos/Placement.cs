using DagmmStream.Client;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DagmmStream.Bench.Chaos;

/// <summary>
/// Partitions per silo as multiples of an equal share: with all silos, after one has left, and every ten seconds after it has come back,
/// while producers push.
/// </summary>
internal sealed class Placement(ChaosOptions options, Action<string> say)
{
    private const int Looks = 7;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <returns>The largest multiple a minute after the silo has joined.</returns>
    public async Task<double> RunAsync(ChaosCluster cluster, CancellationToken cancellationToken)
    {
        await using var client = await DagmmStreamClient.ConnectAsync(cluster.Endpoint, cancellationToken: cancellationToken);
        using var host = await cluster.ConnectAsync();
        var management = host.Services.GetRequiredService<IClusterClient>().GetGrain<IManagementGrain>(0);
        var log = new AcknowledgementLog(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var producers = new List<Task<Exception?>>();
        for (var i = 0; i < options.Streams; i++)
        {
            var name = $"placed-{i}";
            await client.CreateStreamAsync(
                new StreamDefinition
                {
                    Name = name, Features = [.. Enumerable.Range(0, ChaosProducer.Features).Select(j => $"f{j}")],
                    Partitions = options.Partitions, Preset = ModelPreset.Lite,
                }, cancellationToken);
            producers.Add(new ChaosProducer(client.Stream(name), log, options.Rate).RunAsync(stop.Token));
        }

        await Task.Delay(Interval, cancellationToken);
        await SayAsync(management, "all silos, ten seconds after the start");
        await cluster.Silos[^1].StopAsync(cancellationToken);
        await Task.Delay(Interval, cancellationToken);
        await SayAsync(management, "one has left");
        await cluster.Silos[^1].StartAsync(cancellationToken);
        var largest = 0.0;
        for (var i = 0; i < Looks; i++)
        {
            largest = await SayAsync(management, $"{i * Interval.TotalSeconds:0} s after it has come back");
            if (i < Looks - 1) await Task.Delay(Interval, cancellationToken);
        }

        await stop.CancelAsync();
        foreach (var failure in await Task.WhenAll(producers))
            if (failure is not null) say($"a producer failed: {failure.Message}");
        return largest;
    }

    private async Task<double> SayAsync(IManagementGrain management, string when)
    {
        var silos = (await management.GetHosts(onlyActive: true)).Keys.ToDictionary(silo => silo, _ => 0);
        foreach (var one in await management.GetSimpleGrainStatistics())
            if (one.GrainType.Contains("PartitionGrain", StringComparison.Ordinal) && silos.ContainsKey(one.SiloAddress))
                silos[one.SiloAddress] += one.ActivationCount;
        var share = silos.Values.Sum() / (double)silos.Count;
        var largest = silos.Values.Max() / Math.Max(share, 1);
        say($"{when}: {string.Join(", ", silos.Values.OrderDescending())} partitions; largest share {largest:F2}");
        return largest;
    }
}
