using DagmmStream.Bench.Chaos;
using DagmmStream.Client;
using DagmmStream.Tests.Shared;
using Npgsql;

namespace DagmmStream.Cluster.Tests;

/// <summary>A stream of one partition in a cluster: its final checkpoint does not know what happened on the way.</summary>
public sealed class ClusterCrashTests
{
    private const string Producer = "replay";
    private const int Events = 6000;
    private const int Faults = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OnePartition_FaultsOnTheWay_FinalCheckpointByteIdentical()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? "");
        await using var cluster = await ChaosCluster.StartAsync(silos: 3, Token);
        await using var client = await DagmmStreamClient.ConnectAsync(cluster.Endpoint, Options(), Token);
        await client.CreateStreamAsync(Definition("undisturbed"), Token);
        await client.CreateStreamAsync(Definition("disturbed"), Token);

        await PushAsync(client.Stream("undisturbed"), faults: null);
        var injector = new FaultInjector(cluster, new Random(7), _ => Task.CompletedTask, _ => Task.CompletedTask);
        await PushAsync(client.Stream("disturbed"), injector);

        foreach (var stream in new[] { "undisturbed", "disturbed" })
        {
            var status = await client.Stream(stream).CheckpointAsync(cancellationToken: Token);
            Assert.Equal(Events, status.Accepted);
            Assert.Equal(Events - (Events % 128), status.Trained);
        }

        var expected = await NewestCheckpointAsync(cluster.ConnectionString, "undisturbed/0");
        var got = await NewestCheckpointAsync(cluster.ConnectionString, "disturbed/0");
        Assert.Equal(Events - (Events % 128), CheckpointFile.Offset(expected));
        Assert.Equal(expected, got);
    }

    private static DagmmStreamClientOptions Options() => new()
    {
        ProducerId = Producer, ResponseTimeout = TimeSpan.FromSeconds(5), DeliveryTimeout = TimeSpan.FromMinutes(5),
        CallTimeout = TimeSpan.FromMinutes(1), ConnectTimeout = TimeSpan.FromMinutes(1),
    };

    private static StreamDefinition Definition(string name) => new()
    {
        Name = name, Features = ["a", "b", "c", "d"], Preset = ModelPreset.Lite, Learning = LearningPolicy.Every, Seed = 11,
        CheckpointInterval = TimeSpan.FromSeconds(1),
    };

    /// <summary>Pushes all events; a fault begins when each share of them is acknowledged, under the next one.</summary>
    private static async Task PushAsync(StreamClient stream, FaultInjector? faults)
    {
        const int share = Events / (Faults + 1);
        FaultKind[] kinds = [FaultKind.Kill, FaultKind.Terminate, FaultKind.RestartDatabase];
        var (acknowledged, begun, released) = (0, 0, faults is null ? Events : share);
        var repair = Task.CompletedTask;
        await foreach (var batch in stream.PushAsync(SourceAsync(() => Volatile.Read(ref released)), Token))
        {
            acknowledged += batch.Count;
            if (faults is null || begun == Faults || acknowledged < released) continue;
            await repair;
            repair = faults.RunAsync(kinds[begun++ % kinds.Length], Token);
            Volatile.Write(ref released, begun == Faults ? Events : released + share);
        }

        await repair;
        Assert.Equal(faults is null ? 0 : Faults, begun);
        Assert.Equal(Events, acknowledged);
    }

    private static async IAsyncEnumerable<StreamEvent> SourceAsync(Func<int> released)
    {
        for (var i = 0; i < Events; i++)
        {
            while (i >= released()) await Task.Delay(TimeSpan.FromMilliseconds(10), Token);
            var features = new float[4];
            for (var j = 0; j < features.Length; j++) features[j] = (float)(Math.Sin((0.37 * i) + j) + (0.1 * Math.Cos(7.1 * i * (j + 1))));
            yield return new StreamEvent(DateTimeOffset.UnixEpoch.AddSeconds(i), features);
        }
    }

    private static async Task<byte[]> NewestCheckpointAsync(string connectionString, string partition)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(
            "SELECT PayloadBinary FROM OrleansStorage WHERE PayloadBinary IS NOT NULL AND GrainIdExtensionString = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = partition });
        await using var reader = await command.ExecuteReaderAsync(Token);
        var checkpoints = new List<byte[]>();
        while (await reader.ReadAsync(Token))
            if (CheckpointFile.Find(reader.GetFieldValue<byte[]>(0)) is { } checkpoint) checkpoints.Add(checkpoint);
        return checkpoints.MaxBy(CheckpointFile.Offset) ?? throw new InvalidOperationException($"no checkpoint of {partition}");
    }
}
