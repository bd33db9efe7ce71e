using System.Runtime.CompilerServices;
using DagmmStream.Client;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Cluster.Tests;

/// <summary>
/// The promise of the journal, with real processes: what was acknowledged survives kill -9, is learned once, and leaves no trace.
/// </summary>
public sealed class CrashTests : IDisposable
{
    private const string Stream = "crash";
    private const string Producer = "replay";
    private const int Features = 4;
    private const int Events = 12_000;
    private const int Kills = 10;

    private readonly string _directory = Directory.CreateTempSubdirectory("dagmm-crash-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Kill_AtTenRandomMoments_LosesNothingAndEndsWithTheSameCheckpoint()
    {
        using var undisturbed = new SiloProcess(Path.Combine(_directory, "undisturbed"));
        var expected = await RunAsync(undisturbed, kills: []);
        using var disturbed = new SiloProcess(Path.Combine(_directory, "disturbed"));
        var got = await RunAsync(disturbed, Moments());
        Assert.Equal(Events - (Events % 128), CheckpointFile.Offset(expected));
        Assert.Equal(expected, got);
    }

    /// <summary>After how many acknowledged events the silo is killed: random, in order, but the same in every run of the test.</summary>
    private static Queue<int> Moments()
    {
        var random = new CounterRandom(2018, RandomPurpose.Sampling, 0);
        return new Queue<int>(Enumerable.Range(0, Kills).Select(_ => random.NextInt32(Events - 500)).Order());
    }

    private static async Task<byte[]> RunAsync(SiloProcess silo, Queue<int> kills)
    {
        await silo.StartAsync(Token);
        var options = new DagmmStreamClientOptions
        {
            ProducerId = Producer,
            ResponseTimeout = TimeSpan.FromSeconds(5),
            GatewayListRefreshPeriod = TimeSpan.FromSeconds(1),
        };
        await using var client = await DagmmStreamClient.ConnectAsync(silo.Endpoint, options, Token);
        await client.CreateStreamAsync(Definition(), Token);
        var acknowledged = await PushAsync(client.Stream(Stream), silo, kills);
        var status = await client.Stream(Stream).CheckpointAsync(cancellationToken: Token);
        Assert.Equal(Events, status.Accepted);
        Assert.Equal(Events - (Events % 128), status.Trained);
        Assert.Equal(0, status.SkippedSteps);
        await AssertEveryAcknowledgedEventAsync(client.Stream(Stream), acknowledged);
        Assert.Equal(0, await silo.StopAsync(Token));
        return CheckpointFile.Newest(silo.StorePath);
    }

    private static async Task<Dictionary<long, EventScore>> PushAsync(StreamClient stream, SiloProcess silo, Queue<int> kills)
    {
        var acknowledged = new Dictionary<long, EventScore>();
        var restarting = Task.CompletedTask;
        await foreach (var batch in stream.PushAsync(SourceAsync(), Token))
        {
            for (var i = 0; i < batch.Count; i++) acknowledged.Add(batch.FirstSequence + i, batch.Scores[i]);
            if (!kills.TryPeek(out var moment) || acknowledged.Count < moment || !restarting.IsCompleted) continue;
            kills.Dequeue();
            await restarting;
            await silo.KillAsync(Token);
            restarting = silo.StartAsync(Token);
        }

        await restarting;
        Assert.Empty(kills);
        return acknowledged;
    }

    private static async Task AssertEveryAcknowledgedEventAsync(StreamClient stream, Dictionary<long, EventScore> acknowledged)
    {
        Assert.Equal(Events, acknowledged.Count);
        var stored = await stream.GetScoresAsync(0, Events + 1, cancellationToken: Token);
        Assert.Equal(Events, stored.Count);
        for (var i = 0; i < Events; i++)
        {
            Assert.Equal(i, stored[i].Offset);
            Assert.Equal(i, stored[i].Sequence);
            var told = acknowledged[i];
            // A score that had left the partition's memory when its batch was sent again comes back without its offset.
            if (told.Offset >= 0) Assert.Equal(told, stored[i]);
        }
    }

    private static StreamDefinition Definition() => new()
    {
        Name = Stream,
        Features = ["a", "b", "c", "d"],
        Learning = LearningPolicy.Every,
        Preset = ModelPreset.Paper,
        TrainingQueueCapacity = 2048,
        CheckpointInterval = TimeSpan.FromSeconds(0.5),
    };

    private static async IAsyncEnumerable<StreamEvent> SourceAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < Events; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new CounterRandom(5, RandomPurpose.Batch, (ulong)i);
            var cluster = random.NextDouble() < 0.3 ? 3 : -1;
            var features = new float[Features];
            for (var j = 0; j < Features; j++) features[j] = (float)(cluster + random.NextGaussian());
            yield return new StreamEvent(DateTimeOffset.UnixEpoch.AddSeconds(i), features);
            if (i % 256 == 0) await Task.Yield();
        }
    }
}
