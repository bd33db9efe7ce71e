using DagmmStream.Grains.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DagmmStream.Grains.Tests.Partitions;

public sealed class ProvisionalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Push_WhileWarmingUp_GivesEnergiesOfLowConfidenceAndSaysWhatIsMissing()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        await silo.Catalog().CreateAsync(TestEvents.Definition("s") with { Preset = ModelPreset.Stream }, Token);
        var partition = silo.Partition("s");
        var first = (await partition.PushAsync(TestEvents.Batch(0, 31), Token)).Scores!;
        Assert.All(Enumerable.Range(0, 31), i => Assert.True(double.IsNaN(first[i].Energy)));
        var status = await partition.CheckpointAsync(Token);
        Assert.Equal((31, 256, 0), (status.WarmUpSeen, status.WarmUpNeeded, status.ProvisionalEvents));
        Assert.Equal("225 more events, then verdicts; no energies yet", status.WarmUpMissing);

        foreach (var (reached, size) in new[] { (32, 32), (63, 32), (64, 64), (127, 64), (128, 128), (200, 128) })
        {
            await TestEvents.PushAsync(partition, status.Accepted, reached - (int)status.Accepted);
            status = await partition.CheckpointAsync(Token);
            Assert.Equal((reached, size, 0), (status.WarmUpSeen, status.ProvisionalEvents, status.SnapshotVersion));
            Assert.Equal(PartitionState.WarmingUp, status.State);
            Assert.Contains($"{256 - reached} more events", status.WarmUpMissing, StringComparison.Ordinal);
        }

        var score = (await partition.PushAsync(TestEvents.Batch(200, 1, outlier: 0), Token)).Scores![0];
        Assert.True(double.IsFinite(score.Energy) && double.IsFinite(score.Score));
        Assert.Equal((Verdict.WarmingUp, 1.0, 0L), (score.Verdict, score.PValue, score.SnapshotVersion));
        Assert.Equal(EventFlags.Provisional, score.Flags);
        var ordinary = (await partition.ProbeAsync(TestEvents.Probe(500), Token))[0];
        Assert.True(score.Energy > ordinary.Energy);

        await TestEvents.PushAsync(partition, 201, 55);
        status = await partition.CheckpointAsync(Token);
        Assert.Equal((PartitionState.Running, 0, null), (status.State, status.ProvisionalEvents, status.WarmUpMissing));
        score = (await partition.PushAsync(TestEvents.Batch(256, 1), Token)).Scores![0];
        Assert.Equal((EventFlags.None, status.SnapshotVersion), (score.Flags, score.SnapshotVersion));
    }

    [Theory]
    [InlineData(70)]
    [InlineData(150)]
    public async Task Restart_WhileWarmingUp_GoesOnWithTheSameEnergies(int events)
    {
        var silo = await SiloFixture.StartAsync(_directory.Path);
        await silo.Catalog().CreateAsync(TestEvents.Definition("s"), Token);
        await TestEvents.PushAsync(silo.Partition("s"), 0, events, batch: 10);
        var before = await silo.Partition("s").CheckpointAsync(Token);
        var energy = (await silo.Partition("s").ProbeAsync(TestEvents.Probe(1000), Token))[0].Energy;
        await silo.KillAsync();
        await using var again = await SiloFixture.StartAsync(_directory.Path);
        var after = await again.Partition("s").CheckpointAsync(Token);
        Assert.Equal((events, before.ProvisionalEvents), (after.WarmUpSeen, after.ProvisionalEvents));
        Assert.Equal(before.WarmUpMissing, after.WarmUpMissing);
        Assert.Equal(energy, (await again.Partition("s").ProbeAsync(TestEvents.Probe(1000), Token))[0].Energy);
    }

    [Fact]
    public async Task Push_OneEventPerHour_WarmsUpAndGivesVerdicts()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var silo = await SiloFixture.StartAsync(
            _directory.Path, services: services => services.AddSingleton<TimeProvider>(time));
        await silo.Catalog().CreateAsync(TestEvents.Definition("s") with { CheckpointInterval = TimeSpan.FromSeconds(10) }, Token);
        for (var hour = 0; hour < 258; hour++)
        {
            // More than the interval of checkpoints and the age at which idle grains leave.
            time.Advance(TimeSpan.FromHours(1));
            var partition = silo.Partition("s");
            var score = (await partition.PushAsync(TestEvents.Batch(hour, 1), Token)).Scores![0];
            Assert.Equal(hour < 256, score.Verdict == Verdict.WarmingUp);
            Assert.Equal(hour is >= 32 and < 256, score.Flags.HasFlag(EventFlags.Provisional));
            // Learned before the next event, as an hour would allow.
            Assert.Equal(hour + 1, (await partition.CheckpointAsync(Token)).Accepted);
        }
    }
}
