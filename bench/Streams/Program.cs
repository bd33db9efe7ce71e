// Many streams in one silo, in this process: memory per resident stream and processor time per event, scoring and learning every event.
// Prints one line, tab-separated: streams, preset, processor time per event in us, managed bytes per stream, bytes of its window,
// resident bytes per stream, events/s, bytes estimated for a stream with a full window.
// Arguments: streams, preset, events per measurement, and features, if not 8; or streams, preset, "returns": journaled streams of which
// one in a hundred is fed; what the others leave behind when they are collected, and how soon they score again (Returns.cs).
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using DagmmStream;
using DagmmStream.Bench.Streams;
using DagmmStream.Client;
using DagmmStream.Grains.Costs;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Silo.Embedded;
using Microsoft.Extensions.Logging;

const int Batch = EventBatch.MaxEvents;

// Two chunks more than the warm-up: the first snapshot is there.
const int Before = 512;

var (count, preset) = (int.Parse(args[0], CultureInfo.InvariantCulture), Enum.Parse<ModelPreset>(args[1], ignoreCase: true));
var isReturns = args[2] == "returns";
var durability = isReturns ? Durability.Journaled : Durability.InMemory;
var features = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 8;
var events = isReturns ? 0 : long.Parse(args[2], CultureInfo.InvariantCulture);
var options = preset == ModelPreset.Lite ? LearnerOptions.Lite : LearnerOptions.Stream;
var rows = new byte[4096 * features * sizeof(float)];
Fill(rows);
var directory = Directory.CreateTempSubdirectory("dagmm-streams-");
var silo = await EmbeddedSilo.StartAsync(
    new EmbeddedSiloOptions { StorePath = Path.Combine(directory.FullName, "a.db"), LogLevel = LogLevel.Error });
var client = new DagmmStreamClient(silo.Client, new DagmmStreamClientOptions());
var process = Process.GetCurrentProcess();

// The silo, the client and one stream of each kind are there before anything is counted.
await FeedAsync([await CreateAsync("first")], Before);
var (managedBefore, residentBefore) = Memory();
var partitions = new List<Partition>();
for (var i = 0; i < count; i++) partitions.Add(await CreateAsync($"s{i}"));
await FeedAsync(partitions, Before);
var (managedAfter, residentAfter) = Memory();

if (isReturns)
{
    await new Returns(silo.Client, partitions, rows, () => Memory().Managed).RunAsync();
    await client.DisposeAsync();
    await silo.DisposeAsync();
    directory.Delete(recursive: true);
    return;
}

process.Refresh();
var (cpu, watch) = (process.TotalProcessorTime, Stopwatch.StartNew());
var perStream = (int)Math.Max(Batch, events / count / Batch * Batch);
await FeedAsync(partitions, perStream);
process.Refresh();
var total = (double)perStream * count;
var cost = (process.TotalProcessorTime - cpu).TotalMicroseconds / total;
var window = (long)Math.Min(options.WindowCapacity, Before) * features * sizeof(float);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{count}\t{preset}\t{cost:F2}\t{(managedAfter - managedBefore) / count}\t{window}\t{(residentAfter - residentBefore) / count}\t"
    + $"{total / watch.Elapsed.TotalSeconds:F0}\t{CostEstimator.Estimate(Definition("s")).MemoryBytesPerPartition}"));
await client.DisposeAsync();
await silo.DisposeAsync();
directory.Delete(recursive: true);

void Fill(byte[] bytes)
{
    var random = new Random(1);
    for (var i = 0; i < bytes.Length; i += sizeof(float))
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i), (float)(random.NextDouble() + random.NextDouble() + random.NextDouble()));
}

StreamDefinition Definition(string name) => new()
{
    Name = name, Features = [.. Enumerable.Range(0, features).Select(i => $"x{i}")], Preset = preset,
    Durability = durability, Learning = LearningPolicy.Every, ScoreRetention = TimeSpan.FromHours(1),
};

async Task<Partition> CreateAsync(string name)
{
    await client.CreateStreamAsync(Definition(name));
    return new Partition(silo.Client.GetGrain<IPartitionGrain>(new PartitionId(name, 0).ToString()), client.Stream(name), features);
}

// So many events to every stream, in batches, the streams in turn; returns when all are learned.
async Task FeedAsync(IReadOnlyList<Partition> streams, int each)
{
    for (var done = 0; done < each; done += Batch)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 8 };
        await Parallel.ForEachAsync(streams, parallel, async (partition, token) => await partition.PushAsync(rows, token));
    }

    foreach (var partition in streams)
        while ((await partition.Stream.GetStatusAsync()).Trained < partition.Sent) await Task.Delay(5);
}

(long Managed, long Resident) Memory()
{
    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    GC.WaitForPendingFinalizers();
    process.Refresh();
    return (GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64);
}
