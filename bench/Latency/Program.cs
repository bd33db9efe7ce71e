// Latency of ScoreAsync on one stream, without and with training at its limit; in one process, in one run, alternating. The events that are
// learned meanwhile were pushed before: what is measured beside it is training, not ingest.
using System.Diagnostics;
using DagmmStream;
using DagmmStream.Client;
using DagmmStream.Grains.Training;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Silo.Embedded;
using Microsoft.Extensions.DependencyInjection;

const int Features = 8, Rounds = 10, Busy = 4, Backlog = 30_000;
var directory = Directory.CreateTempSubdirectory("dagmm-latency-");
var store = Path.Combine(directory.FullName, "bench.db");
var silo = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions { StorePath = store });
var client = new DagmmStreamClient(silo.Client, new DagmmStreamClientOptions { QueueCapacity = 65_536 });
foreach (var durability in Enum.GetValues<Durability>())
{
    var measured = await CreateAsync($"measured-{durability}".ToLowerInvariant(), LearningPolicy.Budgeted, durability);
    var busy = await Task.WhenAll(
        Enumerable.Range(0, Busy)
            .Select(i => CreateAsync($"busy-{durability}-{i}".ToLowerInvariant(), LearningPolicy.Every, Durability.InMemory)));
    // About the same time for both: a call in memory takes 7 µs, a commit 130 µs.
    var calls = durability == Durability.InMemory ? 20_000 : 1_500;
    for (var i = 0; i < 2_000; i++) await measured.EnqueueAsync(Event(i));
    await measured.FlushAsync();
    await measured.CheckpointAsync();
    var (idle, loaded) = (new List<double>(), new List<double>());
    for (var round = 0; round < Rounds; round++)
    {
        idle.AddRange(await WithoutTrainingAsync(() => MeasureAsync(measured, calls)));
        loaded.AddRange(await WithTrainingAsync(busy, () => MeasureAsync(measured, calls)));
    }

    Console.WriteLine($"{durability}: ScoreAsync, {Rounds} rounds of {calls:N0} calls, {Environment.ProcessorCount} processors");
    Console.WriteLine("| | p50 µs | p99 µs | p99.9 µs |\n|---|---|---|---|");
    Console.WriteLine($"| no training | {At(idle, 0.5):F0} | {At(idle, 0.99):F0} | {At(idle, 0.999):F0} |");
    Console.WriteLine($"| training at its limit | {At(loaded, 0.5):F0} | {At(loaded, 0.99):F0} | {At(loaded, 0.999):F0} |");
    double Ratio(double quantile) => At(loaded, quantile) / At(idle, quantile);
    Console.WriteLine($"| ratio | {Ratio(0.5):F2} | {Ratio(0.99):F2} | {Ratio(0.999):F2} |\n");
}

await client.DisposeAsync();
await silo.DisposeAsync();
directory.Delete(recursive: true);

async Task<StreamClient> CreateAsync(string name, LearningPolicy learning, Durability durability)
{
    await client.CreateStreamAsync(new StreamDefinition
    {
        Name = name,
        Features = [.. Enumerable.Range(0, Features).Select(i => $"x{i}")],
        Learning = learning,
        TrainingQueueCapacity = 2 * Backlog,
        Durability = durability,
    });
    return client.Stream(name);
}

// Every slot is held by work that only waits: what the measured stream queues is not learned meanwhile.
async Task<List<double>> WithoutTrainingAsync(Func<Task<List<double>>> measure)
{
    var release = Hold();
    var latencies = await measure();
    await release();
    return latencies;
}

async Task<List<double>> WithTrainingAsync(StreamClient[] busy, Func<Task<List<double>>> measure)
{
    var release = Hold();
    foreach (var stream in busy)
    {
        for (var i = 0; i < Backlog; i++) await stream.EnqueueAsync(Event(i));
        await stream.FlushAsync();
    }

    // The journal's writer has written all of it before it commits this one.
    await (await CreateAsync("barrier", LearningPolicy.Budgeted, Durability.Journaled)).ScoreAsync(Event(0));
    await release();
    var latencies = await measure();
    var statuses = await Task.WhenAll(busy.Select(stream => stream.GetStatusAsync()));
    var left = statuses.Sum(status => status.Accepted - status.Trained);
    if (left < 1_000) Console.WriteLine("this round's training ended before its calls: read its ratio as too good");
    foreach (var stream in busy) await stream.CheckpointAsync();
    return latencies;
}

Func<Task> Hold()
{
    var executor = silo.Services.GetRequiredService<TrainingExecutor>();
    var signal = new ManualResetEventSlim();
    bool Wait() => signal.Wait(TimeSpan.FromMinutes(5));
    var held = Enumerable.Range(0, executor.Slots).Select(_ => executor.RunAsync(Wait, default)).ToArray();
    return async () =>
    {
        signal.Set();
        await Task.WhenAll(held);
        signal.Dispose();
    };
}

async Task<List<double>> MeasureAsync(StreamClient stream, int calls)
{
    var latencies = new List<double>(calls);
    for (var i = 0; i < calls; i++)
    {
        var begun = Stopwatch.GetTimestamp();
        await stream.ScoreAsync(Event(i));
        latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
    }

    return latencies;
}

static StreamEvent Event(int index)
{
    var random = new CounterRandom(3, RandomPurpose.Batch, (ulong)index);
    var features = new float[Features];
    for (var j = 0; j < Features; j++) features[j] = (float)random.NextGaussian();
    return new StreamEvent(DateTimeOffset.UnixEpoch.AddSeconds(index), features);
}

static double At(List<double> values, double quantile) => values.Order().ElementAt((int)(quantile * (values.Count - 1)));
