using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DagmmStream.Grains.Models;
using DagmmStream.Grains.Tests.Hosting;
using DagmmStream.Modeling.Randomness;
using Microsoft.Extensions.DependencyInjection;

namespace DagmmStream.Grains.Tests.Models;

/// <summary>A model of a stream with typed inputs in another stream: it brings its categories, and not its times.</summary>
public sealed class TypedModelTests : IDisposable
{
    private const int Features = 3;
    private const long Later = 1_000_000_000_000;
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Import_CategoriesInAnotherOrderAndLaterTimes_ScoresAsTheSourceAndNothingIsLate(int partitions)
    {
        await using var silo = await StartAsync();
        var payload = await SourceAsync(silo, Math.Min(2, partitions));
        await silo.Catalog().CreateAsync(Definition("s", partitions), Token);
        // The target has met one category only, which is the source's last.
        foreach (var p in Enumerable.Range(0, partitions)) await PushAsync(silo.Partition("s", p), 0, 40, ["icmp", "icmp", "icmp"], 0);

        var version = await Control(silo).ImportAsync("s", payload, Token);

        foreach (var name in (string[])["tcp", "udp", "icmp", "unheard of"])
        {
            var expected = await ProbeAsync(silo.Partition("source"), name, Later + 10);
            foreach (var p in Enumerable.Range(0, partitions))
            {
                var score = await UntilAsync(silo.Partition("s", p), name, version);
                Assert.Equal((expected.Energy, expected.Flags), (score.Energy, score.Flags));
            }
        }

        foreach (var p in Enumerable.Range(0, partitions))
        {
            await PushAsync(silo.Partition("s", p), 40, 100, Names, 0);
            var status = await silo.Partition("s", p).CheckpointAsync(Token);
            Assert.Equal((140L, 0L, null), (status.Accepted, status.Late, status.TrainingFault));
        }
    }

    [Fact]
    public async Task RollBack_TypedStreamOfFour_KeepsWhatItHasMetSince()
    {
        await using var silo = await StartAsync();
        await silo.Catalog().CreateAsync(Definition("s", 4), Token);
        foreach (var p in Enumerable.Range(0, 4)) await PushAsync(silo.Partition("s", p), 0, 128, Names, 0);
        foreach (var p in Enumerable.Range(0, 4)) await silo.Partition("s", p).CheckpointAsync(Token);
        await silo.Rounds("s").RunAsync(Token);
        var kept = await Control(silo).KeepAsync("s", Token);
        var expected = await ProbeAsync(silo.Partition("s", 1), "udp", Later + 10);
        foreach (var p in Enumerable.Range(0, 4)) await PushAsync(silo.Partition("s", p), 128, 128, ["gre", "tcp", "udp"], 0);
        foreach (var p in Enumerable.Range(0, 4)) await silo.Partition("s", p).CheckpointAsync(Token);
        await silo.Rounds("s").RunAsync(Token);
        var version = await Control(silo).RollBackAsync("s", kept, Token);
        Assert.Equal(expected.Energy, (await UntilAsync(silo.Partition("s", 1), "udp", version)).Energy);
        Assert.Equal(EventFlags.None, (await ProbeAsync(silo.Partition("s", 1), "gre", 300)).Flags);
    }

    [Theory]
    [InlineData(0, "\"protocol\" is Categorical with at most 4 categories, of which [] are given in the model and Categorical with at")]
    [InlineData(1, "\"login\" is Boolean in the model and Numeric in the stream")]
    [InlineData(2, "0 lags, no differences, calendar HourOfDay, the stream 0 lags, no differences, calendar DayOfWeek")]
    [InlineData(3, "feature 2 is \"load\" in the model and \"size\" in the stream")]
    [InlineData(4, "of which [] are given in the model and Categorical with at most 4 categories, of which [tcp] are given in the stream")]
    [InlineData(5, "numbered in a stream with one partition and hashed in one with several: the model's has 1, this one 2")]
    public async Task Import_AnotherSchema_SaysWhatDiffers(int change, string expected)
    {
        await using var silo = await StartAsync();
        var payload = await SourceAsync(silo);
        var definition = Definition("s", 1);
        var types = definition.Inputs.Types;
        definition = change switch
        {
            0 => With(types.SetItem(0, types[0] with { MaxCategories = 8 })),
            1 => With(types.RemoveAt(1)),
            2 => definition with { Inputs = definition.Inputs with { Calendar = CalendarFeatures.DayOfWeek } },
            3 => definition with
            {
                Features = ["protocol", "login", "size"],
                Inputs = definition.Inputs with { Types = types.SetItem(2, types[2] with { Feature = "size" }) },
            },
            4 => With(types.SetItem(0, types[0] with { Categories = ["tcp"] })),
            _ => definition with { Partitions = 2 },
        };
        await silo.Catalog().CreateAsync(definition, Token);
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(() => Control(silo).ImportAsync("s", payload, Token));
        Assert.Equal(ErrorCode.InvalidModel, exception.Code);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);

        StreamDefinition With(System.Collections.Immutable.ImmutableArray<FeatureType> changed) =>
            definition with { Inputs = definition.Inputs with { Types = changed } };
    }

    private static string[] Names => ["tcp", "udp", "icmp"];

    private static ModelControl Control(SiloFixture silo) => silo.Services.GetRequiredService<ModelControl>();

    private static StreamDefinition Definition(string name, int partitions) => TestEvents.Definition(name) with
    {
        Features = ["protocol", "login", "load"],
        Partitions = partitions,
        Preset = ModelPreset.Lite,
        Inputs = new InputDefinition
        {
            Types =
            [
                new FeatureType { Feature = "protocol", Kind = FeatureKind.Categorical, MaxCategories = 4 },
                new FeatureType { Feature = "login", Kind = FeatureKind.Boolean },
                new FeatureType { Feature = "load", Missing = MissingPolicy.Mean },
            ],
            Lateness = TimeSpan.FromSeconds(5),
            Calendar = CalendarFeatures.HourOfDay,
        },
    };

    private static async Task<byte[]> SourceAsync(SiloFixture silo, int partitions = 1)
    {
        await silo.Catalog().CreateAsync(Definition("source", partitions), Token);
        foreach (var p in Enumerable.Range(0, partitions))
        {
            await PushAsync(silo.Partition("source", p), 0, 512, Names, Later);
            await silo.Partition("source", p).CheckpointAsync(Token);
        }

        if (partitions > 1) await silo.Rounds("source").RunAsync(Token);
        return await Control(silo).ExportAsync(new PartitionId("source", 0), null, Token);
    }

    private static async Task PushAsync(IPartitionGrain partition, int first, int count, string[] names, long time)
    {
        for (var sent = first; sent < first + count;)
        {
            var size = Math.Min(64, first + count - sent);
            var (values, times) = (new float[size * Features], new byte[size * sizeof(long)]);
            for (var i = 0; i < size; i++)
            {
                var random = new CounterRandom(5, RandomPurpose.Batch, (ulong)(sent + i));
                values[i * Features] = random.NextInt32(names.Length);
                values[(i * Features) + 1] = random.NextInt32(2);
                values[(i * Features) + 2] = (sent + i) % 7 == 0 ? float.NaN : (float)random.NextGaussian();
                BinaryPrimitives.WriteInt64LittleEndian(times.AsSpan(i * sizeof(long)), time + sent + i);
            }

            var reply = await partition.PushAsync(
                new EventBatch
                {
                    Producer = "p", FirstSequence = sent, Count = size, Names = names, Times = times,
                    Features = MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
                }, Token);
            if (reply.Outcome == PushOutcome.Accepted) sent += size;
            else await Task.Delay(reply.RetryAfter, Token);
        }
    }

    private static async Task<EventScore> ProbeAsync(IPartitionGrain partition, string category, long time)
    {
        var probe = new ProbeEvent { Features = MemoryMarshal.AsBytes<float>([0, 1, 0.5f]).ToArray(), Names = [category], Time = time };
        return (await partition.ProbeAsync(probe, Token))[0];
    }

    private static async Task<EventScore> UntilAsync(IPartitionGrain partition, string category, long version)
    {
        for (;;)
        {
            try
            {
                // In the same hour of the day as the source's.
                if (await ProbeAsync(partition, category, Later + 10) is var score && score.SnapshotVersion == version) return score;
            }
            catch (DagmmStreamException exception) when (exception.IsTransient)
            {
                // Asked again below.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), Token);
        }
    }

    private Task<SiloFixture> StartAsync() => SiloFixture.StartAsync(
        _directory.Path, options => (options.RoundInterval, options.RoundDeadline) = (TimeSpan.FromHours(1), TimeSpan.FromSeconds(30)));
}
