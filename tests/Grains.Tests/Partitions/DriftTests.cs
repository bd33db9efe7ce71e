using DagmmStream.Grains.Tests.Hosting;

namespace DagmmStream.Grains.Tests.Partitions;

public sealed class DriftTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task GetDrifts_AfterABreak_SaysWhereAndWhenAlsoAfterARestart()
    {
        DateTimeOffset? time;
        await using (var silo = await SiloFixture.StartAsync(_directory.Path))
        {
            await silo.Catalog().CreateAsync(TestEvents.Definition("s") with { Preset = ModelPreset.Stream }, Token);
            var partition = silo.Partition("s");
            await TestEvents.PushAsync(partition, 0, 1024);
            await partition.CheckpointAsync(Token);
            Assert.Empty(await partition.GetDriftsAsync(Token));
            await partition.PushAsync(TestEvents.Shifted(1024, 128, 100), Token);
            await partition.CheckpointAsync(Token);
            time = AssertBroken(await partition.GetDriftsAsync(Token)).Time;
            Assert.Equal(1151 * 1000, (time!.Value - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        }

        await using var again = await SiloFixture.StartAsync(_directory.Path);
        Assert.Equal(time, AssertBroken(await again.Partition("s").GetDriftsAsync(Token)).Time);
    }

    private static DriftNotice AssertBroken(IEnumerable<DriftNotice> drifts)
    {
        var broken = Assert.Single(drifts, drift => drift.Stage == DriftStage.Broken);
        Assert.Equal(1152, broken.Offset);
        Assert.InRange(broken.Size, 0.8, 0.9);
        return broken;
    }
}
