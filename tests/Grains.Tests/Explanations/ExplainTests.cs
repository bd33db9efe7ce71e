using DagmmStream.Grains.Tests.Hosting;

namespace DagmmStream.Grains.Tests.Explanations;

public sealed class ExplainTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Explain_Anomaly_IsKeptAsItWasThroughLearningAndRestart()
    {
        EventExplanation explained;
        await using (var silo = await StartAsync(keep: 100))
        {
            var partition = await CreateAsync(silo);
            await TestEvents.PushAsync(partition, 0, 1024);
            await partition.CheckpointAsync(Token);
            var reply = await partition.PushAsync(TestEvents.Batch(1024, 3, outlier: 1), Token);
            Assert.Equal(Verdict.Anomalous, reply.Scores![1].Verdict);
            explained = await partition.ExplainAsync(1025, Token);
            Assert.Equal(reply.Scores[1], explained.Score);
            Assert.Equal(explained.Score.Energy - explained.MedianEnergy, explained.Parts.Sum(part => part.Energy),
                1e-6 * Math.Max(1, Math.Abs(explained.Score.Energy) * 1e-6));
            Assert.Equal(["x", "y", "z"], explained.Features.Select(feature => feature.Name));
            Assert.Equal(TestEvents.Outlier, explained.Features.Select(feature => (float)feature.Value));
            Assert.All(explained.Features, feature => Assert.Equal(feature.Value - feature.Expected, feature.Residual));
            await TestEvents.PushAsync(partition, 1027, 512);
            await partition.CheckpointAsync(Token);
            Assert.Equal(explained, await partition.ExplainAsync(1025, Token));
        }

        await using var again = await StartAsync(keep: 100);
        Assert.Equal(explained, await again.Partition("s").ExplainAsync(1025, Token));
    }

    [Fact]
    public async Task Explain_RecentEvent_UsesTheSnapshotThatStandsNow()
    {
        await using var silo = await StartAsync(keep: 300);
        var partition = await CreateAsync(silo);
        await TestEvents.PushAsync(partition, 0, 600);
        var status = await partition.CheckpointAsync(Token);
        var explained = await partition.ExplainAsync(520, Token);
        Assert.Equal(520, explained.Score.Offset);
        Assert.Equal(520_000, explained.Score.Time);
        Assert.Equal(status.SnapshotVersion, explained.Score.SnapshotVersion);
        var probe = await partition.ExplainProbeAsync(TestEvents.Probe(520), Token);
        Assert.Equal(-1, probe.Score.Offset);
        Assert.Equal(explained.Score.Energy, probe.Score.Energy);
        Assert.Equal(explained.Parts, probe.Parts);
    }

    [Fact]
    public async Task Explain_WhatIsNotKept_SaysWhy()
    {
        await using var silo = await StartAsync(keep: 100);
        var partition = await CreateAsync(silo);
        await TestEvents.PushAsync(partition, 0, 50);
        await ThrowsAsync(() => partition.ExplainAsync(10, Token), "no snapshot yet");
        await ThrowsAsync(() => partition.ExplainAsync(50, Token), "has no event 50");
        await ThrowsAsync(() => partition.ExplainAsync(-1, Token), "has no event -1");
        await TestEvents.PushAsync(partition, 50, 700);
        await partition.CheckpointAsync(Token);
        var page = await partition.ReadScoresAsync(0, 100, TimeSpan.Zero, Token);
        Assert.Equal(Verdict.WarmingUp, page.Scores[10].Verdict);
        await ThrowsAsync(() => partition.ExplainAsync(10, Token), "no longer kept");
        var bad = await Assert.ThrowsAsync<DagmmStreamException>(
            () => partition.ExplainProbeAsync(new ProbeEvent { Features = new byte[4] }, Token));
        Assert.Equal(ErrorCode.InvalidEvent, bad.Code);
    }

    [Fact]
    public async Task Explain_AfterKill_FindsFeaturesOfTheJournal()
    {
        var silo = await StartAsync(keep: 100);
        var partition = await CreateAsync(silo);
        await TestEvents.PushAsync(partition, 0, 512);
        await partition.CheckpointAsync(Token);
        await TestEvents.PushAsync(partition, 512, 60);
        var before = await partition.ExplainAsync(530, Token);
        await silo.KillAsync();
        await using var again = await StartAsync(keep: 100);
        Assert.Equal(before, await again.Partition("s").ExplainAsync(530, Token));
    }

    private Task<SiloFixture> StartAsync(int keep) =>
        SiloFixture.StartAsync(_directory.Path, options => options.ExplainableEvents = keep);

    private static async Task<IPartitionGrain> CreateAsync(SiloFixture silo)
    {
        await silo.Catalog().CreateAsync(TestEvents.Definition("s") with { Preset = ModelPreset.Lite }, Token);
        return silo.Partition("s");
    }

    private static async Task ThrowsAsync(Func<Task> call, string message)
    {
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(call);
        Assert.Equal(ErrorCode.NotKept, exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }
}
