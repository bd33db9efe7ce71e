using DagmmStream.Grains.Models;
using DagmmStream.Grains.Rounds;
using DagmmStream.Grains.Tests.Hosting;
using DagmmStream.Grains.Tests.Rounds;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;

namespace DagmmStream.Grains.Tests.Models;

/// <summary>Another model for a stream with four partitions: all of them have it, or will before they score, whatever happens.</summary>
public sealed class SharedModelTests : IDisposable
{
    private const string Stream = "s";
    private const int Partitions = 4;
    private readonly TemporaryDirectory _directory = new();
    private readonly RoundCallFilter _filter = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IEnumerable<int> All => Enumerable.Range(0, Partitions);

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(Durability.Journaled, 1)]
    [InlineData(Durability.InMemory, 1)]
    [InlineData(Durability.Journaled, 2)]
    public async Task Import_FourPartitions_AllScoreAsTheSourceDidAndLearnOnTogether(Durability durability, int sources)
    {
        await using var silo = await StartAsync(durability: durability);
        var (payload, expected) = await SourceAsync(silo, sources);
        await PushAsync(silo, 0, 128);
        var before = await silo.Rounds(Stream).RunAsync(Token);
        await PushAsync(silo, 128, 64);
        var version = await Control(silo).ImportAsync(Stream, payload, Token);

        Assert.True(version > before.Round && version > expected.SnapshotVersion);
        await AssertScoresAsync(silo, expected, version);
        await PushAsync(silo, 192, 64);
        var after = await silo.Rounds(Stream).RunAsync(Token);
        Assert.Equal((version + 1, Partitions), (after.Round, after.Participants));
        await AssertAcceptedAsync(silo, 256);
        // The window of the source's partition was dealt out: each row is in one of the four, beside what came since.
        var (window, rows) = (1024 / sources, (await silo.Partition(Stream).GetModelAsync(Token)).WindowCount);
        Assert.InRange(rows, window + 1, window + (Partitions * 128));
    }

    [Fact]
    public async Task Import_StreamThatIsWarmingUp_ScoresAtOnce()
    {
        await using var silo = await StartAsync();
        var (payload, expected) = await SourceAsync(silo);
        await PushAsync(silo, 0, 10);
        var version = await Control(silo).ImportAsync(Stream, payload, Token);
        await AssertScoresAsync(silo, expected, version);
        await AssertAcceptedAsync(silo, 10);
        // Made again it is the same under another number.
        Assert.Equal(version + 1, await Control(silo).ImportAsync(Stream, payload, Token));
        await AssertScoresAsync(silo, expected, version + 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RollBack_KeptVersion_ScoresAsThenAlsoAfterAKill(bool isKill)
    {
        var silo = await StartAsync();
        await PushAsync(silo, 0, 128);
        await silo.Rounds(Stream).RunAsync(Token);
        await PushAsync(silo, 128, 128);
        var then = await silo.Rounds(Stream).RunAsync(Token);
        var expected = await ProbeAsync(silo, 0);
        Assert.Equal(then.Round, await Control(silo).KeepAsync(Stream, Token));
        await PushAsync(silo, 256, 256);
        var now = await silo.Rounds(Stream).RunAsync(Token);
        Assert.NotEqual(expected.Energy, (await ProbeAsync(silo, 0)).Energy);

        var version = await Control(silo).RollBackAsync(Stream, then.Round, Token);
        Assert.Equal(now.Round + 1, version);
        if (isKill)
        {
            await silo.KillAsync();
            silo = await StartAsync();
        }

        await AssertScoresAsync(silo, expected, version);
        await PushAsync(silo, 512, 64);
        var after = await silo.Rounds(Stream).RunAsync(Token);
        Assert.Equal((version + 1, Partitions), (after.Round, after.Participants));
        await AssertAcceptedAsync(silo, 576);
        // The model that was there was kept too.
        Assert.Equal(version + 2, await Control(silo).RollBackAsync(Stream, now.Round, Token));
        var none = await Assert.ThrowsAsync<DagmmStreamException>(() => Control(silo).RollBackAsync(Stream, 12345, Token));
        Assert.Equal(ErrorCode.NotKept, none.Code);
        await silo.DisposeAsync();
    }

    [Fact]
    public async Task Import_WhileARoundRuns_ComesAfterItAndStays()
    {
        await using var silo = await StartAsync();
        var (payload, expected) = await SourceAsync(silo);
        await PushAsync(silo, 0, 128);
        var before = await silo.Rounds(Stream).RunAsync(Token);
        await PushAsync(silo, 128, 128);
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        Hold(nameof(IRoundPartition.MeasureAsync), 3, reached, release.Task);
        var round = silo.Rounds(Stream).RunAsync(Token);
        await reached.Task.WaitAsync(Token);
        var import = Control(silo).ImportAsync(Stream, payload, Token);
        Assert.Equal(before.Round, (await silo.Rounds(Stream).GetStatusAsync(Token)).Round);
        Assert.False(import.IsCompleted);
        release.SetResult();

        Assert.True((await round).Round > before.Round);
        var version = await import;
        Assert.Equal(version, (await silo.Rounds(Stream).GetStatusAsync(Token)).Round);
        await AssertScoresAsync(silo, expected, version);
    }

    [Fact]
    public async Task Import_PartitionThatIsAway_TakesItWithTheNextRoundAndBringsNothingOfTheOldModel()
    {
        await using var silo = await StartAsync(deadline: TimeSpan.FromSeconds(2));
        var (payload, expected) = await SourceAsync(silo);
        await PushAsync(silo, 0, 128);
        await silo.Rounds(Stream).RunAsync(Token);
        await PushAsync(silo, 128, 32);
        _filter.Before = (_, id) => id == new PartitionId(Stream, 2)
            ? throw new InvalidOperationException("away in this test") : Task.CompletedTask;
        var version = await Control(silo).ImportAsync(Stream, payload, Token);
        Assert.True((await ProbeAsync(silo, 2)).SnapshotVersion < version);
        // It is not asked until it has the model, however often rounds run.
        await TestEvents.PushAsync(silo.Partition(Stream, 0), 160, 64);
        var without = await silo.Rounds(Stream).RunAsync(Token);
        Assert.Equal((version + 1, Partitions - 1), (without.Round, without.Participants));
        _filter.Before = null;
        var next = await silo.Rounds(Stream).RunAsync(Token);
        Assert.Equal(Partitions - 1, next.Participants);

        var back = await UntilTakenAsync(silo, 2, next.Round);
        Assert.Equal(back, await ProbeAsync(silo, 1));
        Assert.InRange((await silo.Partition(Stream, 2).GetModelAsync(Token)).WindowCount, 1, int.MaxValue);
        await AssertAcceptedAsync(silo, 160, except: 0);
        Assert.NotEqual(0, expected.Energy);
    }

    [Fact]
    public async Task Kill_WrittenAndNotTakenOver_EveryPartitionStartsWithIt()
    {
        var silo = await StartAsync();
        var (payload, expected) = await SourceAsync(silo);
        await PushAsync(silo, 0, 128);
        var before = await silo.Rounds(Stream).RunAsync(Token);
        await PushAsync(silo, 128, 40);
        var reached = new TaskCompletionSource();
        Hold(nameof(IRoundPartition.TakeOverAsync), 3, reached, Task.Delay(Timeout.Infinite, Token));
        var import = Control(silo).ImportAsync(Stream, payload, Token);
        await reached.Task.WaitAsync(Token);
        await silo.KillAsync();
        _ = import.ContinueWith(task => task.Exception, TaskScheduler.Default);
        _filter.Before = null;

        await using var again = await StartAsync();
        var version = (await again.Rounds(Stream).GetStatusAsync(Token)).Round;
        Assert.True(version > before.Round);
        await AssertScoresAsync(again, expected, version);
        await PushAsync(again, 168, 64);
        // The coordinator asks again who has it; then all of them are in its rounds.
        await Control(again).KeepAsync(Stream, Token);
        Assert.Equal(version + 1, await Control(again).RollBackAsync(Stream, version, Token));
        Assert.Equal(Partitions, (await again.Rounds(Stream).RunAsync(Token)).Participants);
        await AssertAcceptedAsync(again, 232);
    }

    [Fact]
    public async Task Deactivate_CoordinatorAfterAnImport_GoesOnFromIt()
    {
        await using var silo = await StartAsync();
        var (payload, expected) = await SourceAsync(silo);
        await PushAsync(silo, 0, 128);
        await silo.Rounds(Stream).RunAsync(Token);
        var version = await Control(silo).ImportAsync(Stream, payload, Token);
        await silo.Grains.GetGrain<IRoundCoordinator>(Stream).Cast<IGrainManagementExtension>().DeactivateOnIdle(Token);
        Assert.Equal(version, (await silo.Rounds(Stream).GetStatusAsync(Token)).Round);
        await AssertScoresAsync(silo, expected, version);
    }

    [Fact]
    public async Task Import_OfOneOfFour_IntoAStreamWithOnePartition_ScoresAsItDid()
    {
        await using var silo = await StartAsync();
        await PushAsync(silo, 0, 128);
        await silo.Rounds(Stream).RunAsync(Token);
        var expected = await ProbeAsync(silo, 0);
        var payload = await Control(silo).ExportAsync(new PartitionId(Stream, 1), null, Token);
        await silo.Catalog().CreateAsync(TestEvents.Definition("one") with { Preset = ModelPreset.Lite }, Token);
        var version = await Control(silo).ImportAsync("one", payload, Token);
        var after = await UntilTakenAsync(silo, 0, version, "one");
        Assert.Equal(expected with { SnapshotVersion = version }, after);
        await TestEvents.PushAsync(silo.Partition("one"), 0, 2048);
        var status = await silo.Partition("one").CheckpointAsync(Token);
        Assert.Equal((2048L, 2048L, null), (status.Accepted, status.Trained, status.TrainingFault));
        Assert.True(status.SnapshotVersion > version);
    }

    private static ModelControl Control(SiloFixture silo) => silo.Services.GetRequiredService<ModelControl>();

    private static async Task<(byte[] Payload, EventScore Expected)> SourceAsync(SiloFixture silo, int partitions = 1)
    {
        var definition = TestEvents.Definition("source") with { Preset = ModelPreset.Lite, Partitions = partitions };
        await silo.Catalog().CreateAsync(definition, Token);
        foreach (var p in Enumerable.Range(0, partitions)) await TestEvents.PushAsync(silo.Partition("source", p), 0, 1500);
        foreach (var p in Enumerable.Range(0, partitions)) await silo.Partition("source", p).CheckpointAsync(Token);
        if (partitions > 1) await silo.Rounds("source").RunAsync(Token);
        var payload = await Control(silo).ExportAsync(new PartitionId("source", 0), null, Token);
        return (payload, await ProbeAsync(silo, 0, "source"));
    }

    private static async Task<EventScore> ProbeAsync(SiloFixture silo, int partition, string stream = Stream)
    {
        var probe = new ProbeEvent { Features = TestEvents.Probe(77_777).Features, Time = 1 };
        return (await silo.Partition(stream, partition).ProbeAsync(probe, Token))[0];
    }

    private static async Task AssertScoresAsync(SiloFixture silo, EventScore expected, long version)
    {
        foreach (var p in All) Assert.Equal(expected with { SnapshotVersion = version }, await ProbeAsync(silo, p));
    }

    private static async Task AssertAcceptedAsync(SiloFixture silo, long events, int except = -1)
    {
        foreach (var p in All.Where(p => p != except))
        {
            var status = await silo.Partition(Stream, p).CheckpointAsync(Token);
            var smallest = events - (events % 32);
            Assert.Equal((events, null), (status.Accepted, status.TrainingFault));
            Assert.InRange(status.Trained, smallest, events);
            Assert.Equal(events - 1, await silo.Partition(Stream, p).GetWatermarkAsync("p", Token));
        }
    }

    /// <summary>The activation that has the old model may still answer, or say that it ends.</summary>
    private static async Task<EventScore> UntilTakenAsync(SiloFixture silo, int partition, long version, string stream = Stream)
    {
        for (;;)
        {
            try
            {
                if (await ProbeAsync(silo, partition, stream) is var score && score.SnapshotVersion == version) return score;
            }
            catch (DagmmStreamException exception) when (exception.IsTransient)
            {
                // Asked again below.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), Token);
        }
    }

    private static async Task PushAsync(SiloFixture silo, long first, int count)
    {
        foreach (var p in All) await TestEvents.PushAsync(silo.Partition(Stream, p), first, count);
        foreach (var p in All) await silo.Partition(Stream, p).CheckpointAsync(Token);
    }

    private void Hold(string method, int partition, TaskCompletionSource reached, Task until) => _filter.Before = (name, id) =>
    {
        if (name != method || id.Partition != partition) return Task.CompletedTask;
        reached.TrySetResult();
        return until;
    };

    // After the first round, which comes by itself, others come only when the test asks.
    private async Task<SiloFixture> StartAsync(TimeSpan? deadline = null, Durability durability = Durability.Journaled)
    {
        var silo = await SiloFixture.StartAsync(
            _directory.Path,
            options => (options.RoundInterval, options.RoundDeadline) = (TimeSpan.FromHours(1), deadline ?? TimeSpan.FromSeconds(30)),
            services => services.AddSingleton<IIncomingGrainCallFilter>(_filter));
        var definition = TestEvents.Definition(Stream, durability) with { Partitions = Partitions, Preset = ModelPreset.Lite };
        await silo.Catalog().CreateAsync(definition, Token);
        return silo;
    }
}
