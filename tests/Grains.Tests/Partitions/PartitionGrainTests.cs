using DagmmStream.Grains.Tests.Hosting;
using DagmmStream.Grains.Training;
using Microsoft.Extensions.DependencyInjection;

namespace DagmmStream.Grains.Tests.Partitions;

public sealed class PartitionGrainTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private SiloFixture _silo = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _silo = await SiloFixture.StartAsync(_directory.Path);

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Push_UntilWarm_ScoresAndLearns()
    {
        var partition = await CreateAsync("warm");
        var first = await partition.PushAsync(TestEvents.Batch(0, 256), Token);
        Assert.Equal(Verdict.WarmingUp, first.Scores![0].Verdict);
        Assert.True(double.IsNaN(first.Scores[0].Energy));
        var status = await partition.CheckpointAsync(Token);
        Assert.Equal(PartitionState.Running, status.State);
        Assert.Equal(256, status.CheckpointOffset);
        var reply = await partition.PushAsync(TestEvents.Batch(256, 100), Token);
        Assert.Equal(PushOutcome.Accepted, reply.Outcome);
        for (var i = 0; i < 100; i++)
        {
            var score = reply.Scores![i];
            Assert.Equal(256 + i, score.Offset);
            Assert.Equal(256 + i, score.Sequence);
            Assert.True(double.IsFinite(score.Energy));
            Assert.InRange(score.PValue, 0, 1);
            Assert.NotEqual(Verdict.WarmingUp, score.Verdict);
        }

        var model = await partition.GetModelAsync(Token);
        Assert.Equal(status.SnapshotVersion, model.Version);
        Assert.Equal(1, model.Shares.Sum(), 6);
    }

    [Fact]
    public async Task Push_FarOutlier_IsAnomalous()
    {
        var partition = await CreateAsync("outlier", definition => definition with { Preset = ModelPreset.Stream });
        await TestEvents.PushAsync(partition, 0, 1024);
        await partition.CheckpointAsync(Token);
        var batch = TestEvents.Batch(1024, 1);
        var far = new EventBatch
        {
            Producer = batch.Producer,
            FirstSequence = batch.FirstSequence,
            Count = 1,
            Times = batch.Times,
            Features = [.. BitConverter.GetBytes(1e6f), .. BitConverter.GetBytes(-1e6f), .. BitConverter.GetBytes(1e6f)],
        };
        var reply = await partition.PushAsync(far, Token);
        Assert.Equal(Verdict.Anomalous, reply.Scores![0].Verdict);
        var probe = await partition.ProbeAsync(new ProbeEvent { Features = far.Features }, Token);
        Assert.Equal(reply.Scores[0].Energy, probe[0].Energy);
        Assert.Equal(1025, (await partition.GetStatusAsync(Token)).Accepted);
    }

    [Fact]
    public async Task Push_SameBatchAgain_AcknowledgesTheFirstScoresAndCountsDuplicates()
    {
        var partition = await CreateAsync("again");
        await TestEvents.PushAsync(partition, 0, 512);
        await partition.CheckpointAsync(Token);
        var first = await partition.PushAsync(TestEvents.Batch(512, 50), Token);
        var again = await partition.PushAsync(TestEvents.Batch(512, 50), Token);
        Assert.Equal(PushOutcome.Accepted, again.Outcome);
        Assert.Equal(50, again.Duplicates);
        Assert.Equal(first.Scores!.Data, again.Scores!.Data);
        var overlapping = await partition.PushAsync(TestEvents.Batch(532, 50), Token);
        Assert.Equal(30, overlapping.Duplicates);
        Assert.Equal(Enumerable.Range(532, 50).Select(offset => (long)offset), Offsets(overlapping.Scores!));
        var status = await partition.GetStatusAsync(Token);
        Assert.Equal(582, status.Accepted);
        Assert.Equal(80, status.Duplicates);
    }

    [Fact]
    public async Task Push_Gap_NamesTheExpectedSequence()
    {
        var partition = await CreateAsync("gap");
        await TestEvents.PushAsync(partition, 0, 10);
        var reply = await partition.PushAsync(TestEvents.Batch(20, 5), Token);
        Assert.Equal(PushOutcome.SequenceGap, reply.Outcome);
        Assert.Equal(10, reply.ExpectedSequence);
        Assert.Contains("20", reply.Reason, StringComparison.Ordinal);
        Assert.Equal(9, await partition.GetWatermarkAsync("p", Token));
    }

    [Fact]
    public async Task Push_QueueFull_RefusesTheWholeBatchAndLosesNothing()
    {
        using var release = new ManualResetEventSlim();
        var executor = _silo.Services.GetRequiredService<TrainingExecutor>();
        var held = Enumerable.Range(0, executor.Slots).Select(
            _ => executor.RunAsync(() => release.Wait(TimeSpan.FromMinutes(1)), Token)).ToArray();
        var partition = await CreateAsync("full", definition => definition with { TrainingQueueCapacity = 1024 });
        var replies = new List<PushReply>();
        for (var i = 0; i < 6; i++) replies.Add(await partition.PushAsync(TestEvents.Batch(Math.Min(i, 4) * 256, 256), Token));
        Assert.All(replies.Take(4), reply => Assert.Equal(PushOutcome.Accepted, reply.Outcome));
        Assert.All(replies.Skip(4), reply => Assert.True(reply.Outcome == PushOutcome.Refused && reply.RetryAfter > TimeSpan.Zero));
        release.Set();
        await Task.WhenAll(held);
        var next = await partition.GetWatermarkAsync("p", Token) + 1;
        await TestEvents.PushAsync(partition, next, (int)(4096 - next));
        var status = await partition.CheckpointAsync(Token);
        Assert.Equal(4096, status.Accepted);
        Assert.Equal(4096, status.Trained);
        Assert.True(status.Refused > 0);
    }

    [Theory]
    [InlineData("nan", "feature \"y\"")]
    [InlineData("width", "has 3")]
    [InlineData("count", "send 1 to 256")]
    [InlineData("times", "times")]
    [InlineData("producer", "producer")]
    [InlineData("sequence", "negative")]
    public async Task Push_BadInput_NamesItAndTheStreamGoesOn(string kind, string message)
    {
        var partition = await CreateAsync("bad");
        var good = TestEvents.Batch(0, 2);
        byte[] nan = [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(float.NaN), .. BitConverter.GetBytes(1f)];
        var bad = new EventBatch
        {
            Producer = kind == "producer" ? "" : "p",
            FirstSequence = kind == "sequence" ? -3 : 0,
            Count = kind == "count" ? 0 : 2,
            Features = kind switch { "nan" => [.. nan, .. nan], "width" => [.. good.Features, .. nan], _ => good.Features },
            Times = kind == "times" ? [1] : good.Times,
        };
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(() => partition.PushAsync(bad, Token));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.False(exception.IsTransient);
        Assert.NotEqual(ErrorCode.Unknown, exception.Code);
        Assert.Equal(PushOutcome.Accepted, (await partition.PushAsync(good, Token)).Outcome);
    }

    [Fact]
    public async Task Push_UnknownStream_SaysSo()
    {
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(
            () => _silo.Partition("nowhere").PushAsync(TestEvents.Batch(0, 1), Token));
        Assert.Equal(ErrorCode.StreamNotFound, exception.Code);
        Assert.Contains("nowhere", exception.Message, StringComparison.Ordinal);
        await CreateAsync("nowhere");
        Assert.Equal(PushOutcome.Accepted, (await PushUntilActiveAsync("nowhere")).Outcome);
    }

    [Fact]
    public async Task Create_SecondSchema_NamesTheDifference()
    {
        await CreateAsync("schema");
        Assert.False(await _silo.Catalog().CreateAsync(TestEvents.Definition("schema"), Token));
        var other = TestEvents.Definition("schema") with { Features = ["x", "other", "z"] };
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(() => _silo.Catalog().CreateAsync(other, Token));
        Assert.Equal(ErrorCode.StreamConflict, exception.Code);
        Assert.Contains("feature 1 is \"y\" against \"other\"", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_ThenCreate_StartsFromNothing()
    {
        var partition = await CreateAsync("delete");
        await TestEvents.PushAsync(partition, 0, 300);
        await partition.CheckpointAsync(Token);
        Assert.True(await _silo.Catalog().DeleteAsync("delete", Token));
        Assert.Null(await _silo.Catalog().FindAsync("delete", Token));
        await CreateAsync("delete");
        var reply = await PushUntilActiveAsync("delete");
        Assert.Equal(0, reply.Scores![0].Offset);
        Assert.Equal(Verdict.WarmingUp, reply.Scores[0].Verdict);
    }

    [Fact]
    public async Task ReadScores_OlderThanTheRing_ComesFromTheStore()
    {
        await _silo.DisposeAsync();
        _silo = await SiloFixture.StartAsync(_directory.Path, options => options.RingCapacity = 256);
        var partition = await CreateAsync("history");
        await TestEvents.PushAsync(partition, 0, 1000);
        long next = 0;
        while (next < 1000)
        {
            var page = await partition.ReadScoresAsync(next, 300, TimeSpan.Zero, Token);
            Assert.Equal(Enumerable.Range((int)next, page.Scores.Count).Select(offset => (long)offset), Offsets(page.Scores));
            Assert.True(page.NextOffset > next);
            next = page.NextOffset;
        }

        Assert.Equal(0, (await partition.ReadScoresAsync(1000, 10, TimeSpan.Zero, Token)).Scores.Count);
        var waiting = partition.ReadScoresAsync(1000, 10, TimeSpan.FromSeconds(30), Token);
        await TestEvents.PushAsync(partition, 1000, 1);
        Assert.Equal([1000], Offsets((await waiting).Scores));
    }

    private static IEnumerable<long> Offsets(ScoreBlock scores) => Enumerable.Range(0, scores.Count).Select(index => scores[index].Offset);

    private async Task<IPartitionGrain> CreateAsync(string name, Func<StreamDefinition, StreamDefinition>? change = null)
    {
        var definition = TestEvents.Definition(name);
        await _silo.Catalog().CreateAsync(change?.Invoke(definition) ?? definition, Token);
        return _silo.Partition(name);
    }

    private async Task<PushReply> PushUntilActiveAsync(string name)
    {
        while (true)
        {
            try
            {
                return await _silo.Partition(name).PushAsync(TestEvents.Batch(0, 1), Token);
            }
            catch (DagmmStreamException exception) when (exception.Code == ErrorCode.StreamNotFound)
            {
                // The activation that did not know the stream is on its way out.
                await Task.Delay(TimeSpan.FromMilliseconds(10), Token);
            }
        }
    }
}
