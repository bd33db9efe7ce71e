using DagmmStream.Grains.Tests.Hosting;

namespace DagmmStream.Grains.Tests.Partitions;

public sealed class PartitionRestartTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Restart_AfterCleanStop_GoesOnWhereItWas()
    {
        PartitionStatus before;
        ModelDescription model;
        await using (var silo = await SiloFixture.StartAsync(_directory.Path))
        {
            await silo.Catalog().CreateAsync(TestEvents.Definition("s"), Token);
            await TestEvents.PushAsync(silo.Partition("s"), 0, 1000);
            before = await silo.Partition("s").CheckpointAsync(Token);
            model = await silo.Partition("s").GetModelAsync(Token);
        }

        await using var again = await SiloFixture.StartAsync(_directory.Path);
        var after = await again.Partition("s").GetStatusAsync(Token);
        Assert.Equal(before with { Checkpoints = 0, Duplicates = 0, Refused = 0, Anomalies = 0 }, after);
        Assert.Equal(model.Shares, (await again.Partition("s").GetModelAsync(Token)).Shares);
        var scores = await again.Partition("s").ReadScoresAsync(0, 10_000, TimeSpan.Zero, Token);
        Assert.Equal(1000, scores.Scores.Count);
        Assert.Equal(999, await again.Partition("s").GetWatermarkAsync("p", Token));
    }

    [Fact]
    public async Task Restart_AfterKill_LearnsTheJournalAndEndsWithTheSameModel()
    {
        var undisturbed = await RunAsync(Path.Combine(_directory.Path, "a"), kills: []);
        var disturbed = await RunAsync(Path.Combine(_directory.Path, "b"), kills: [300, 777, 1500]);
        Assert.Equal(undisturbed.Steps, disturbed.Steps);
        Assert.Equal(undisturbed.SnapshotVersion, disturbed.SnapshotVersion);
        Assert.Equal(undisturbed.Trained, disturbed.Trained);
        Assert.Equal(undisturbed.Energy, disturbed.Energy);
    }

    [Fact]
    public async Task Drain_WithQueuedEvents_RefusesNewOnesAndCheckpoints()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        await silo.Catalog().CreateAsync(TestEvents.Definition("s"), Token);
        await TestEvents.PushAsync(silo.Partition("s"), 0, 2048);
        Assert.Equal(0, await silo.Registry.DrainAsync([], Token));
        var reply = await silo.Partition("s").PushAsync(TestEvents.Batch(2048, 1), Token);
        Assert.Equal(PushOutcome.Refused, reply.Outcome);
        var status = await silo.Partition("s").GetStatusAsync(Token);
        Assert.Equal(PartitionState.Draining, status.State);
        Assert.Equal(2048, status.CheckpointOffset);
        Assert.Equal(2048, status.Trained);
    }

    [Fact]
    public async Task Restart_InMemoryStreamKilled_GoesOnFromItsCheckpoint()
    {
        var silo = await SiloFixture.StartAsync(_directory.Path);
        await silo.Catalog().CreateAsync(TestEvents.Definition("s", Durability.InMemory), Token);
        await TestEvents.PushAsync(silo.Partition("s"), 0, 512);
        await silo.Partition("s").CheckpointAsync(Token);
        await TestEvents.PushAsync(silo.Partition("s"), 512, 100);
        await silo.KillAsync();
        await using var again = await SiloFixture.StartAsync(_directory.Path);
        var status = await again.Partition("s").GetStatusAsync(Token);
        Assert.Equal(512, status.Accepted);
        Assert.Equal(511, await again.Partition("s").GetWatermarkAsync("p", Token));
        await TestEvents.PushAsync(again.Partition("s"), 512, 100);
        Assert.Equal(612, (await again.Partition("s").ReadScoresAsync(0, 10_000, TimeSpan.Zero, Token)).Scores.Count);
    }

    private static async Task<(long Steps, long SnapshotVersion, long Trained, double Energy)> RunAsync(string directory, int[] kills)
    {
        const int Events = 2048;
        var silo = await SiloFixture.StartAsync(directory);
        await silo.Catalog().CreateAsync(TestEvents.Definition("s"), Token);
        var sent = 0;
        foreach (var kill in kills)
        {
            await TestEvents.PushAsync(silo.Partition("s"), sent, kill - sent, batch: 37);
            sent = kill;
            await silo.KillAsync();
            silo = await SiloFixture.StartAsync(directory);
            Assert.Equal(sent - 1, await silo.Partition("s").GetWatermarkAsync("p", Token));
        }

        await TestEvents.PushAsync(silo.Partition("s"), sent, Events - sent, batch: 101);
        var status = await silo.Partition("s").CheckpointAsync(Token);
        var probe = await silo.Partition("s").ProbeAsync(TestEvents.Probe(9999), Token);
        await silo.DisposeAsync();
        return (status.Steps, status.SnapshotVersion, status.Trained, probe[0].Energy);
    }
}
