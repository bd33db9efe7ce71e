using DagmmStream.Grains.Tests.Hosting;

namespace DagmmStream.Grains.Tests.Training;

public sealed class TrainingCurveTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task GetTraining_AfterARestart_GoesOnWhereItWas()
    {
        TrainingPoint[] before;
        await using (var silo = await SiloFixture.StartAsync(_directory.Path))
        {
            await silo.Catalog().CreateAsync(TestEvents.Definition("s"), Token);
            before = await LearnAsync(silo.Partition("s"), 0);
            Assert.True(before.Length > 2, $"{before.Length} points");
        }

        await using var again = await SiloFixture.StartAsync(_directory.Path);
        var restored = (await again.Partition("s").GetTrainingAsync(Token)).Points;
        Assert.Equal(before.Select(Key), restored.Select(Key));
        var after = await LearnAsync(again.Partition("s"), 1024);
        Assert.Equal(before.Select(Key), after.Take(before.Length).Select(Key));
        Assert.True(after.Length > before.Length, "nothing was added");

        static (long, long, double, int) Key(TrainingPoint point) => (point.Offset, point.Step, point.Objective, point.Shares.Length);
    }

    private static async Task<TrainingPoint[]> LearnAsync(IPartitionGrain partition, int first)
    {
        await TestEvents.PushAsync(partition, first, 1024);
        await partition.CheckpointAsync(Token);
        return [.. (await partition.GetTrainingAsync(Token)).Points];
    }
}
