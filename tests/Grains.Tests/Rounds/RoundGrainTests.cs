using DagmmStream.Grains.Rounds;
using DagmmStream.Grains.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;

namespace DagmmStream.Grains.Tests.Rounds;

public sealed class RoundGrainTests : IDisposable
{
    private const string Stream = "s";
    private const int Partitions = 4;
    private readonly TemporaryDirectory _directory = new();
    private readonly RoundCallFilter _filter = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Push_FourPartitions_WarmUpOnceAndScoreWithOneSnapshot()
    {
        await using var silo = await StartAsync();
        await PushAsync(silo, 0, 64);
        var round = await silo.Rounds(Stream).RunAsync(Token);
        Assert.Equal((4, 4, 256L), (round.Participants, round.Partitions, round.Accepted));
        Assert.NotNull(round.Duration);
        await AssertVersionAsync(silo, round.Round);
        // Every event of the warm-up is in one window and no other.
        foreach (var p in Enumerable.Range(0, Partitions))
            Assert.Equal((64L, 64), await silo.Partition(Stream, p).GetStatusAsync(Token) is var s ? (s.Trained, s.WarmUpSeen) : default);
        Assert.Equal(256, (await silo.Partition(Stream).GetModelAsync(Token)).WindowCount);
        await PushAsync(silo, 64, 256);
        var next = await silo.Rounds(Stream).RunAsync(Token);
        Assert.True(next.Round > round.Round);
        await AssertVersionAsync(silo, next.Round);
    }

    [Fact]
    public async Task Run_PartitionThatFails_IsLeftOutAndComesIntoTheNext()
    {
        await using var silo = await StartAsync();
        await PushAsync(silo, 0, 128);
        await silo.Rounds(Stream).RunAsync(Token);
        await PushAsync(silo, 128, 128);
        _filter.Before = (method, id) => method == nameof(IRoundPartition.MeasureAsync) && id.Partition == 2
            ? throw new InvalidOperationException("left out by the test") : Task.CompletedTask;
        var without = await silo.Rounds(Stream).RunAsync(Token);
        Assert.Equal(3, without.Participants);
        await AssertVersionAsync(silo, without.Round);
        _filter.Before = null;
        await PushAsync(silo, 256, 64);
        var with = await silo.Rounds(Stream).RunAsync(Token);
        Assert.Equal((4, without.Round + 1), (with.Participants, with.Round));
        await AssertVersionAsync(silo, with.Round);
        await AssertAllLearnedAsync(silo, 320);
    }

    [Fact]
    public async Task Run_NobodyAnswers_KeepsTheSnapshotAndLearnsOn()
    {
        await using var silo = await StartAsync();
        await PushAsync(silo, 0, 128);
        var before = await silo.Rounds(Stream).RunAsync(Token);
        _filter.Before = (method, _) => method == nameof(IRoundPartition.CollectAsync)
            ? throw new InvalidOperationException("nobody answers in this test") : Task.CompletedTask;
        var after = await silo.Rounds(Stream).RunAsync(Token);
        Assert.Equal((before.Round, before.Undecided + 1), (after.Round, after.Undecided));
        Assert.Equal("no partition answered", after.Reason);
        await PushAsync(silo, 128, 64);
        await AssertAllLearnedAsync(silo, 192);
        await AssertVersionAsync(silo, before.Round);
    }

    [Fact]
    public async Task Kill_InTheMiddleOfARound_LosesNothingAndGoesOnWithTheNext()
    {
        var silo = await StartAsync();
        await PushAsync(silo, 0, 128);
        var before = await silo.Rounds(Stream).RunAsync(Token);
        await PushAsync(silo, 128, 128);
        var reached = new TaskCompletionSource();
        _filter.Before = (method, id) =>
        {
            if (method != nameof(IRoundPartition.MeasureAsync) || id.Partition != 3) return Task.CompletedTask;
            reached.TrySetResult();
            return Task.Delay(Timeout.Infinite, Token);
        };
        var running = silo.Rounds(Stream).RunAsync(Token);
        await reached.Task;
        await silo.KillAsync();
        _ = running.ContinueWith(task => task.Exception, TaskScheduler.Default);
        _filter.Before = null;
        await using var again = await StartAsync();
        await AssertAllLearnedAsync(again, 256);
        await AssertVersionAsync(again, before.Round);
        var after = await again.Rounds(Stream).RunAsync(Token);
        Assert.Equal((before.Round + 1, 4), (after.Round, after.Participants));
        await PushAsync(again, 256, 64);
        await AssertAllLearnedAsync(again, 320);
        await AssertVersionAsync(again, after.Round);
    }

    [Fact]
    public async Task Deactivate_InTheMiddleOfARound_RoundEndsAndTheNextActivationGoesOn()
    {
        await using var silo = await StartAsync();
        await PushAsync(silo, 0, 128);
        var before = await silo.Rounds(Stream).RunAsync(Token);
        await PushAsync(silo, 128, 128);
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        _filter.Before = (method, id) =>
        {
            if (method != nameof(IRoundPartition.MeasureAsync) || id.Partition != 3) return Task.CompletedTask;
            reached.TrySetResult();
            return release.Task;
        };
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = silo.Rounds(Stream).RunAsync(given.Token);
        await reached.Task.WaitAsync(Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await silo.Grains.GetGrain<IRoundCoordinator>(Stream).Cast<IGrainManagementExtension>().DeactivateOnIdle(Token);
        var next = silo.Rounds(Stream).RunAsync(Token);
        release.SetResult();

        var after = await next.WaitAsync(Token);
        Assert.Equal((before.Round + 2, 4), (after.Round, after.Participants));
        await AssertVersionAsync(silo, after.Round);
        await PushAsync(silo, 256, 64);
        await AssertAllLearnedAsync(silo, 320);
    }

    [Fact]
    public async Task Kill_DecidedAndNotGivenOut_PartitionsStartWithTheNewestSnapshot()
    {
        var silo = await StartAsync();
        await PushAsync(silo, 0, 128);
        var before = await silo.Rounds(Stream).RunAsync(Token);
        await PushAsync(silo, 128, 128);
        _filter.Before = (method, _) => method == nameof(IRoundPartition.EndAsync)
            ? throw new InvalidOperationException("not given out in this test") : Task.CompletedTask;
        var decided = await silo.Rounds(Stream).RunAsync(Token);
        Assert.Equal(before.Round + 1, decided.Round);
        await AssertVersionAsync(silo, before.Round);
        await silo.KillAsync();
        _filter.Before = null;
        await using var again = await StartAsync();
        // Already the first event is scored with it.
        foreach (var p in Enumerable.Range(0, Partitions))
        {
            var reply = await again.Partition(Stream, p).PushAsync(TestEvents.Batch(256, 1), Token);
            Assert.Equal(decided.Round, reply.Scores![0].SnapshotVersion);
        }

        var after = await again.Rounds(Stream).RunAsync(Token);
        Assert.Equal(decided.Round + 1, after.Round);
        await AssertVersionAsync(again, after.Round);
    }

    [Fact]
    public async Task Run_MoreThan32Partitions_MergesInBranches()
    {
        await using var silo = await StartAsync(partitions: 34);
        await PushAsync(silo, 0, 16, partitions: 34);
        var round = await silo.Rounds(Stream).RunAsync(Token);
        Assert.Equal(34, round.Participants);
        // The guard of the first round may have kept out a few.
        Assert.InRange(round.Accepted, 500, 34 * 16);
        await AssertVersionAsync(silo, round.Round, partitions: 34);
    }

    [Fact]
    public async Task Delete_Stream_ErasesItsRounds()
    {
        await using var silo = await StartAsync();
        await PushAsync(silo, 0, 64);
        Assert.True((await silo.Rounds(Stream).RunAsync(Token)).Round > 0);
        Assert.True(await silo.Catalog().DeleteAsync(Stream, Token));
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(() => silo.Rounds(Stream).GetStatusAsync(Token));
        Assert.Equal(ErrorCode.StreamNotFound, exception.Code);
        await silo.Catalog().CreateAsync(Definition(Partitions), Token);
        await PushAsync(silo, 0, 16);
        Assert.Equal(0, (await silo.Rounds(Stream).GetStatusAsync(Token)).Round);
    }

    [Fact]
    public async Task Run_OnePartition_PublishesNothing()
    {
        await using var silo = await StartAsync(partitions: 1);
        await PushAsync(silo, 0, 300, partitions: 1);
        Assert.Equal((0, 1), await silo.Rounds(Stream).RunAsync(Token) is var status ? (status.Round, status.Partitions) : default);
        Assert.Equal(1, (await silo.Partition(Stream).GetStatusAsync(Token)).SnapshotVersion);
    }

    private static StreamDefinition Definition(int partitions) => TestEvents.Definition(Stream) with
    {
        Partitions = partitions, Preset = ModelPreset.Lite,
    };

    // After the first round, which comes by itself, others come only when the test asks; nobody is left out because the machine is busy.
    private async Task<SiloFixture> StartAsync(int partitions = Partitions)
    {
        var silo = await SiloFixture.StartAsync(
            _directory.Path,
            options => (options.RoundInterval, options.RoundDeadline) = (TimeSpan.FromHours(1), TimeSpan.FromSeconds(30)),
            services => services.AddSingleton<IIncomingGrainCallFilter>(_filter));
        await silo.Catalog().CreateAsync(Definition(partitions), Token);
        return silo;
    }

    /// <summary>Pushes events to every partition and waits until they are learned.</summary>
    private static async Task PushAsync(SiloFixture silo, long first, int count, int partitions = Partitions)
    {
        foreach (var p in Enumerable.Range(0, partitions)) await TestEvents.PushAsync(silo.Partition(Stream, p), first, count);
        foreach (var p in Enumerable.Range(0, partitions)) await silo.Partition(Stream, p).CheckpointAsync(Token);
    }

    private static async Task AssertVersionAsync(SiloFixture silo, long version, int partitions = Partitions)
    {
        foreach (var p in Enumerable.Range(0, partitions))
            Assert.Equal(version, (await silo.Partition(Stream, p).GetStatusAsync(Token)).SnapshotVersion);
    }

    private static async Task AssertAllLearnedAsync(SiloFixture silo, long events)
    {
        foreach (var p in Enumerable.Range(0, Partitions))
        {
            var status = await silo.Partition(Stream, p).CheckpointAsync(Token);
            Assert.Equal((events, events, null), (status.Accepted, status.Trained, status.TrainingFault));
            var scores = await silo.Partition(Stream, p).ReadScoresAsync(0, 10_000, TimeSpan.Zero, Token);
            Assert.Equal(Enumerable.Range(0, (int)events).Select(i => (long)i), Offsets(scores.Scores));
        }
    }

    private static IEnumerable<long> Offsets(ScoreBlock scores)
    {
        for (var i = 0; i < scores.Count; i++) yield return scores[i].Offset;
    }
}
