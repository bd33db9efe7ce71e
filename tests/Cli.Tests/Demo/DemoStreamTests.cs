using DagmmStream.Cli.Demo;

namespace DagmmStream.Cli.Tests.Demo;

public class DemoStreamTests
{
    private static DemoStream NewStream(ulong seed = 1) => new(seed, driftStart: 20_000, driftLength: 10_000);

    [Fact]
    public void Indexer_SameSeed_GivesTheSameEventsInAnyOrder()
    {
        var (first, second) = (NewStream(), NewStream());
        var forward = Enumerable.Range(0, 500).Select(i => first[i].Features).ToArray();
        for (var i = 499; i >= 0; i--) Assert.Equal(forward[i], second[i].Features);
        Assert.NotEqual(forward[0], NewStream(2)[0].Features);
    }

    [Fact]
    public void Indexer_ManyEvents_InjectAboutOnePercentAfterACleanStart()
    {
        var stream = NewStream();
        Assert.DoesNotContain(Enumerable.Range(0, DemoStream.CleanEvents), i => stream[i].IsAnomaly);
        var injected = Enumerable.Range(DemoStream.CleanEvents, 20_000).Count(i => stream[i].IsAnomaly);
        Assert.InRange(injected, 150, 250);
    }

    [Fact]
    public void Indexer_AfterTheDrift_TheMeanHasMoved()
    {
        var stream = NewStream();
        double[] Mean(int from) => [.. Enumerable.Range(0, DemoStream.Features)
            .Select(j => Enumerable.Range(from, 5000).Average(i => (double)stream[i].Features[j]))];
        double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
        var before = Mean(0);
        Assert.True(Distance(before, Mean(10_000)) < 0.5);
        Assert.True(Distance(before, Mean(40_000)) > 1);
    }
}
