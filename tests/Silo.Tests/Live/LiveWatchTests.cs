using DagmmStream.Client.Http;
using DagmmStream.Silo.Live;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Live;

[Collection(ApiCollection.Name)]
public class LiveWatchTests(ApiFixture api)
{
    private static readonly LiveView Thin = new(20, IsFull: false);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhenNews_NothingNew_IsTheSameTaskAtEverySignOfLife()
    {
        var (partition, feed) = Feed(await api.CreateStreamAsync(), 0);
        using (feed)
        {
            var watch = Watch(partition, feed, 0);
            var news = watch.WhenNews();
            Assert.Same(news, watch.WhenNews());
            await api.PushAsync(partition.Stream, ApiFixture.Events(10), ApiFixture.Csv);
            await news;
            Assert.Equal(10, Assert.Single(await watch.ReadAsync(Token)).Next);
            Assert.NotSame(news, watch.WhenNews());
        }
    }

    [Fact]
    public async Task Read_AllKeepPace_GetTheSameBytes()
    {
        var (partition, feed) = Feed(await api.CreateStreamAsync(), 0);
        using (feed)
        {
            LiveWatch[] watches = [Watch(partition, feed, 0), Watch(partition, feed, 0)];
            await api.PushAsync(partition.Stream, ApiFixture.Events(10), ApiFixture.Csv);
            await Task.WhenAll(watches.Select(watch => watch.WhenNews()));
            var read = new List<LiveStretch>();
            foreach (var watch in watches) read.AddRange(await watch.ReadAsync(Token));
            Assert.Same(read[0].Encoded(Thin), read[1].Encoded(Thin));
        }
    }

    [Fact]
    public async Task Read_WhoIsBehind_ReadsUpToTheFeedAndThenKeepsPace()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(300), ApiFixture.Csv);
        var (partition, feed) = Feed(stream, 300);
        using (feed)
        {
            var (late, punctual) = (Watch(partition, feed, 100), Watch(partition, feed, 300));
            var old = Assert.Single(await late.ReadAsync(Token));
            Assert.Equal((100, 300), (old.First, old.Next));
            await api.PushAsync(stream, ApiFixture.Events(10), ApiFixture.Csv);
            await Task.WhenAll(late.WhenNews(), punctual.WhenNews());
            Assert.Same(Assert.Single(await punctual.ReadAsync(Token)), Assert.Single(await late.ReadAsync(Token)));
        }
    }

    [Fact]
    public void Encoded_ManyViews_KeepsFew()
    {
        var stretch = new LiveStretch(
            new PartitionId("s", 0), ScoreBlock.From([new EventScore(5, 0, 5, 1.5, 2.5, 0.5, Verdict.Normal, 1)]), WireJson.Options);
        for (var points = 2; points < 40; points++) stretch.Encoded(new LiveView(points, IsFull: false));
        Assert.Same(stretch.Encoded(new LiveView(2, false)), stretch.Encoded(new LiveView(2, false)));
        Assert.NotSame(stretch.Encoded(new LiveView(39, false)), stretch.Encoded(new LiveView(39, false)));
    }

    private (PartitionId Partition, LiveFeed Feed) Feed(string stream, long next)
    {
        var partition = new PartitionId(stream, 0);
        var grain = api.Cluster.GetGrain<IPartitionGrain>(partition.ToString());
        return (partition, new LiveFeed(partition, grain, next, TimeSpan.Zero, TimeProvider.System, WireJson.Options));
    }

    private static LiveWatch Watch(PartitionId partition, LiveFeed feed, long from) =>
        new([(partition, feed)], new LiveCursor { [partition] = from });
}
