// One client process that pushes at its limit to a silo in another process, and prints one line of figures, tab-separated:
// events/s, p50, p99 and p99.9 of a batch's round trip in ms, processor time of client and silo per event in us, share learned, the silo's
// memory in MiB.
// Arguments: gateway port, silo's process id, streams, features, durability, preset, learning policy, seconds.
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using DagmmStream;
using DagmmStream.Client;

const int Rows = 4_096;

// Long enough for the runtime to compile what is hot.
var warmUp = TimeSpan.FromSeconds(5);
int Number(int i) => int.Parse(args[i], CultureInfo.InvariantCulture);
var (streams, features, seconds) = (Number(2), Number(3), Number(7));
var silo = Process.GetProcessById(Number(1));
var data = new float[Rows * features];
var random = new Random(1);
for (var i = 0; i < data.Length; i++) data[i] = (float)(random.NextDouble() + random.NextDouble() + random.NextDouble());

await using var client = await DagmmStreamClient.ConnectAsync($"127.0.0.1:{args[0]}");
var definitions = Enumerable.Range(0, streams).Select(i => new StreamDefinition
{
    Name = $"{args[4]}-{args[5]}-{features}-{streams}-{i}-{Stopwatch.GetTimestamp()}".ToLowerInvariant(),
    Features = [.. Enumerable.Range(0, features).Select(j => $"x{j}")],
    Durability = Enum.Parse<Durability>(args[4]),
    Preset = Enum.Parse<ModelPreset>(args[5]),
    Learning = Enum.Parse<LearningPolicy>(args[6]),
}).ToArray();
foreach (var definition in definitions) await client.CreateStreamAsync(definition);
var handles = definitions.Select(definition => client.Stream(definition.Name)).ToArray();
await Task.WhenAll(handles.Select(handle => PushAsync(handle, warmUp)));

var trips = new List<double>(1 << 20);
using var listener = new MeterListener();
listener.InstrumentPublished = (instrument, l) =>
{
    if (instrument.Meter.Name == "DagmmStream.Client" && instrument.Name.EndsWith("duration", StringComparison.Ordinal))
        l.EnableMeasurementEvents(instrument);
};
listener.SetMeasurementEventCallback<double>((_, value, _, _) =>
{
    lock (trips) trips.Add(value);
});
listener.Start();
var (clientBefore, siloBefore) = (Process.GetCurrentProcess().TotalProcessorTime, silo.TotalProcessorTime);
var begun = Stopwatch.GetTimestamp();
var counts = await Task.WhenAll(handles.Select(handle => PushAsync(handle, TimeSpan.FromSeconds(seconds))));
var elapsed = Stopwatch.GetElapsedTime(begun);
silo.Refresh();
var events = counts.Sum();
var clientTime = (Process.GetCurrentProcess().TotalProcessorTime - clientBefore).TotalMicroseconds / events;
var siloTime = (silo.TotalProcessorTime - siloBefore).TotalMicroseconds / events;
trips.Sort();
double At(double share) => 1e3 * trips[(int)(share * (trips.Count - 1))];
var learned = await LearnedAsync();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{events / elapsed.TotalSeconds:F0}\t{At(0.5):F2}\t{At(0.99):F2}\t{At(0.999):F2}\t{clientTime:F2}\t{siloTime:F2}\t{learned:P0}\t"
    + $"{silo.WorkingSet64 >> 20}"));

async Task<double> LearnedAsync()
{
    try
    {
        var statuses = await Task.WhenAll(handles.Select(handle => handle.GetStatusAsync()));
        // What still waits in the queues counts as learned in the share that the policy gave it when it was admitted.
        return 1 - (statuses.Sum(status => (double)status.NotLearned) / Math.Max(1, statuses.Sum(status => status.Trained)));
    }
    catch (Exception error) when (error.Message.Contains("echo", StringComparison.Ordinal))
    {
        return 0;
    }
}

// Returns when all verdicts are back.
async Task<long> PushAsync(StreamClient stream, TimeSpan limit)
{
    var started = Stopwatch.GetTimestamp();
    var verdicts = 0L;
    await foreach (var acknowledgement in stream.PushAsync(EventsAsync(limit, started)))
        verdicts += acknowledgement.Scores.Count;
    return verdicts;
}

async IAsyncEnumerable<StreamEvent> EventsAsync(TimeSpan limit, long started)
{
    await Task.Yield();
    for (long i = 0; ; i++)
    {
        if (i % 256 == 0 && Stopwatch.GetElapsedTime(started) > limit) yield break;
        yield return new StreamEvent(
            DateTimeOffset.UnixEpoch.AddMilliseconds(i), data.AsMemory((int)(i % Rows) * features, features));
    }
}
