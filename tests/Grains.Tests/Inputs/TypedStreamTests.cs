using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DagmmStream.Cluster.Tests;
using DagmmStream.Grains.Tests.Hosting;
using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Grains.Tests.Inputs;

/// <summary>A stream with typed features, missing values, lags and late events, through the grain.</summary>
public sealed class TypedStreamTests : IDisposable
{
    private const int Events = 1536;
    private static readonly string[] Names = ["tcp", "udp", "icmp"];
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Restart_AfterKills_EndsWithTheCheckpointOfAnUndisturbedRun()
    {
        var (undisturbed, first) = await RunAsync(Path.Combine(_directory.Path, "a"), kills: [], batch: 101);
        var (disturbed, second) = await RunAsync(Path.Combine(_directory.Path, "b"), kills: [200, 777, 1100], batch: 37);
        Assert.Equal(first, second);
        Assert.True(first.Late > 0 && first.Imputed > 0 && first.Unseen == 3, $"{first}");
        Assert.Equal(Events, CheckpointFile.Offset(undisturbed));
        Assert.Equal(undisturbed, disturbed);
    }

    [Theory]
    [InlineData(0, float.NaN, "\"protocol\" of event 1 of the batch (sequence 1) is NaN", "MissingPolicy")]
    [InlineData(0, 3, "\"protocol\"", "index into the 3 names")]
    [InlineData(0, 0.5, "\"protocol\"", "index into the 3 names")]
    [InlineData(0, -1, "\"protocol\"", "index into the 3 names")]
    [InlineData(1, float.PositiveInfinity, "\"bytes\"", "send a finite number")]
    [InlineData(2, 2, "\"login\"", "send 0 or 1")]
    public async Task Push_ValueOfTheWrongKind_NamesFeatureAndRemedyAndTheStreamGoesOn(
        int feature, float value, string what, string remedy)
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var partition = await CreateAsync(silo, protocol: MissingPolicy.Reject);
        var good = Batch(0, 3, missing: false);
        var values = MemoryMarshal.Cast<byte, float>(good.Features).ToArray();
        values[4 + feature] = value;
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(() => partition.PushAsync(With(good, values, Names), Token));
        Assert.Equal(ErrorCode.InvalidEvent, exception.Code);
        Assert.Contains(what, exception.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, exception.Message, StringComparison.Ordinal);
        var unnamed = await Assert.ThrowsAsync<DagmmStreamException>(
            () => partition.PushAsync(With(good, MemoryMarshal.Cast<byte, float>(good.Features).ToArray(), [""]), Token));
        Assert.Contains("0 characters", unnamed.Message, StringComparison.Ordinal);
        Assert.Equal(PushOutcome.Accepted, (await partition.PushAsync(good, Token)).Outcome);
    }

    [Fact]
    public async Task Create_MoreColumnsThanAModelMayHave_SaysSo()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var wide = Definition(MissingPolicy.Mean) with
        {
            Features = [.. Enumerable.Range(0, 100).Select(i => $"f{i}")], Inputs = new InputDefinition { Lags = 60 },
        };
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(() => silo.Catalog().CreateAsync(wide, Token));
        Assert.Equal(ErrorCode.InvalidDefinition, exception.Code);
        Assert.Contains("6100 columns", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_FlaggedEvents_SayWhatWasDoneToThem()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var partition = await CreateAsync(silo);
        var first = (await partition.PushAsync(Batch(0, 20), Token)).Scores!;
        Assert.True(first[0].Flags.HasFlag(EventFlags.Restarted) && first[0].Flags.HasFlag(EventFlags.UnseenCategory));
        for (var i = 1; i < 20; i++)
        {
            Assert.Equal(IsLate(i), first[i].Flags.HasFlag(EventFlags.Late));
            Assert.Equal(Values(i).Any(float.IsNaN), first[i].Flags.HasFlag(EventFlags.Imputed));
        }
    }

    [Fact]
    public async Task Explain_TypedEvent_SpeaksOfItsFeatures()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var partition = await CreateAsync(silo);
        for (var sent = 0; sent < 640; sent += 64) await partition.PushAsync(Batch(sent, 64), Token);
        await partition.CheckpointAsync(Token);
        var at = Enumerable.Range(600, 40).First(i => !Values(i).Any(float.IsNaN) && Values(i)[0] == Values(0)[0]);
        var explained = await partition.ExplainAsync(at, Token);
        Assert.Equal(["protocol", "bytes", "login", "load", "hour of day"], explained.Features.Select(feature => feature.Name));
        Assert.Equal(Names[(int)Values(at)[0]], explained.Features[0].ValueText);
        Assert.Contains(explained.Features[0].ExpectedText, (string[])[.. Names, "(other)"]);
        Assert.Equal(Values(at)[2], explained.Features[2].Value);
        Assert.Equal(Values(at)[3], explained.Features[3].Value);
        Assert.Equal(1, explained.Features.Sum(feature => feature.ErrorShare), 1e-9);
        var labelled = await partition.LabelAsync(at, FeedbackLabel.Normal, Token);
        Assert.Single(labelled.Labels);
    }

    private static async Task<(byte[] Checkpoint, (long Late, long Imputed, long Unseen) Tallies)> RunAsync(
        string directory, int[] kills, int batch)
    {
        var silo = await SiloFixture.StartAsync(directory);
        await CreateAsync(silo);
        var sent = 0;
        foreach (var stop in kills.Append(Events))
        {
            for (; sent < stop; sent += Math.Min(batch, stop - sent))
            {
                var reply = await silo.Partition("s").PushAsync(Batch(sent, Math.Min(batch, stop - sent)), Token);
                Assert.Equal(PushOutcome.Accepted, reply.Outcome);
            }

            if (stop == Events) break;
            if (stop == 777) await silo.Partition("s").CheckpointAsync(Token);
            await silo.KillAsync();
            silo = await SiloFixture.StartAsync(directory);
        }

        var status = await silo.Partition("s").CheckpointAsync(Token);
        await silo.DisposeAsync();
        return (CheckpointFile.Newest(Path.Combine(directory, "dagmm.db")), (status.Late, status.Imputed, status.UnseenCategories));
    }

    private static StreamDefinition Definition(MissingPolicy protocol) => TestEvents.Definition("s") with
    {
        Features = ["protocol", "bytes", "login", "load"],
        Preset = ModelPreset.Lite,
        Inputs = new InputDefinition
        {
            Types =
            [
                new FeatureType { Feature = "protocol", Kind = FeatureKind.Categorical, MaxCategories = 2, Missing = protocol },
                new FeatureType { Feature = "bytes", Kind = FeatureKind.Counter },
                new FeatureType { Feature = "login", Kind = FeatureKind.Boolean },
                new FeatureType { Feature = "load", Missing = MissingPolicy.Last },
            ],
            Lags = 2,
            Differences = true,
            GapThreshold = TimeSpan.FromMinutes(1),
            Lateness = TimeSpan.FromSeconds(5),
            Calendar = CalendarFeatures.HourOfDay,
        },
    };

    private static async Task<IPartitionGrain> CreateAsync(SiloFixture silo, MissingPolicy protocol = MissingPolicy.Mean)
    {
        await silo.Catalog().CreateAsync(Definition(protocol), Token);
        return silo.Partition("s");
    }

    private static bool IsLate(long i) => i % 11 == 10;

    private static float[] Values(long i, bool missing = true)
    {
        var random = new CounterRandom(7, RandomPurpose.Batch, (ulong)i);
        float protocol = random.NextInt32(3);
        var load = (float)random.NextGaussian();
        if (missing && i % 5 == 3) protocol = float.NaN;
        if (missing && i % 7 == 4) load = float.NaN;
        return [protocol, (float)(i * 100 % 100_000), i % 2, load];
    }

    private static EventBatch Batch(long first, int count, bool missing = true)
    {
        var times = new byte[count * sizeof(long)];
        for (var i = 0; i < count; i++)
            BinaryPrimitives.WriteInt64LittleEndian(times.AsSpan(i * sizeof(long)), (first + i - (IsLate(first + i) ? 9 : 0)) * 1_000_000);
        var values = Enumerable.Range(0, count).SelectMany(i => Values(first + i, missing)).ToArray();
        return With(new EventBatch { Producer = "p", FirstSequence = first, Count = count, Features = [], Times = times }, values, Names);
    }

    private static EventBatch With(EventBatch batch, float[] values, string[] names) => new()
    {
        Producer = batch.Producer, FirstSequence = batch.FirstSequence, Count = batch.Count, Times = batch.Times, Names = names,
        Features = MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
    };
}
