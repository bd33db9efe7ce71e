// Many streams in one silo, in this process: memory per resident stream and processor time per event, scoring and learning every event.
// Prints one line, tab-separated: streams, preset, processor time per event in us, managed bytes per stream, bytes of its window,
// resident bytes per stream, events/s.
// Arguments: streams, preset, events per measurement.
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using DagmmStream;
using DagmmStream.Client;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Silo.Embedded;
using Microsoft.Extensions.Logging;

const int Features = 8, Batch = EventBatch.MaxEvents;

// Two chunks more than the warm-up: the first snapshot is there.
const int Before = 512;

var (count, preset) = (int.Parse(args[0], CultureInfo.InvariantCulture), Enum.Parse<ModelPreset>(args[1], ignoreCase: true));
var events = long.Parse(args[2], CultureInfo.InvariantCulture);
var options = preset == ModelPreset.Lite ? LearnerOptions.Lite : LearnerOptions.Stream;
var rows = new byte[4096 * Features * sizeof(float)];
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

process.Refresh();
var (cpu, watch) = (process.TotalProcessorTime, Stopwatch.StartNew());
var perStream = (int)Math.Max(Batch, events / count / Batch * Batch);
await FeedAsync(partitions, perStream);
process.Refresh();
var total = (double)perStream * count;
var cost = (process.TotalProcessorTime - cpu).TotalMicroseconds / total;
var window = (long)Math.Min(options.WindowCapacity, Before) * Features * sizeof(float);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{count}\t{preset}\t{cost:F2}\t{(managedAfter - managedBefore) / count}\t{window}\t{(residentAfter - residentBefore) / count}\t"
    + $"{total / watch.Elapsed.TotalSeconds:F0}"));
await client.DisposeAsync();
await silo.DisposeAsync();
directory.Delete(recursive: true);

void Fill(byte[] bytes)
{
    var random = new Random(1);
    for (var i = 0; i < bytes.Length; i += sizeof(float))
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i), (float)(random.NextDouble() + random.NextDouble() + random.NextDouble()));
}

async Task<Partition> CreateAsync(string name)
{
    await client.CreateStreamAsync(new StreamDefinition
    {
        Name = name, Features = [.. Enumerable.Range(0, Features).Select(i => $"x{i}")], Preset = preset,
        Durability = Durability.InMemory, Learning = LearningPolicy.Every, ScoreRetention = TimeSpan.FromHours(1),
    });
    return new Partition(silo.Client.GetGrain<IPartitionGrain>(new PartitionId(name, 0).ToString()), client.Stream(name));
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

internal sealed record Partition(IPartitionGrain Grain, StreamClient Stream)
{
    public long Sent { get; private set; }

    public async Task PushAsync(byte[] rows, CancellationToken token)
    {
        var bytes = EventBatch.MaxEvents * 8 * sizeof(float);
        var at = (int)(Sent * 8 * sizeof(float) % rows.Length);
        var times = new long[EventBatch.MaxEvents];
        for (var i = 0; i < times.Length; i++) times[i] = (Sent + i) * 1000;
        var (start, packed) = EventTimes.Pack(times);
        while (true)
        {
            var reply = await Grain.PushAsync(
                new EventBatch
                {
                    Producer = "p", FirstSequence = Sent, Count = EventBatch.MaxEvents, Features = rows[at..(at + bytes)], Times = packed,
                    TimeBase = start,
                }, token);
            if (reply.Outcome == PushOutcome.Accepted) break;
            await Task.Delay(20, token);
        }

        Sent += EventBatch.MaxEvents;
    }
}
