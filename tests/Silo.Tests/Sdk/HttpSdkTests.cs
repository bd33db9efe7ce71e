using DagmmStream.Client;
using DagmmStream.Silo.Embedded;
using FsCheck.Xunit;
using Microsoft.Extensions.DependencyInjection;

namespace DagmmStream.Silo.Tests.Sdk;

[Collection(SdkCollection.Name)]
public sealed class HttpSdkTests(SdkFixture service) : SdkConformance(service)
{
    protected override Task<DagmmStreamClient> ConnectAsync(Action<DagmmStreamClientOptions>? configure = null)
    {
        var options = new DagmmStreamClientOptions().UseHttp(Service.Silo.HttpAddress);
        configure?.Invoke(options);
        return Task.FromResult(new DagmmStreamClient(options));
    }

    [Fact]
    public async Task Scores_OverBothTransports_AreTheSame()
    {
        await using var http = await ConnectAsync();
        var stream = await CreateAsync(http);
        var pushed = await PushAsync(stream, 500);
        await using var orleans = new DagmmStreamClient(Service.Silo.Client);
        Assert.Equal(pushed, await orleans.Stream(stream.Name).GetScoresAsync(0, 1000, cancellationToken: Token));
        var model = await orleans.Stream(stream.Name).GetModelAsync(cancellationToken: Token);
        Assert.Equivalent(model, await stream.GetModelAsync(cancellationToken: Token));
    }

    /// <summary>Whatever is lost or refused on the way: every event arrives once, in order, and everyone is told.</summary>
    [Property(MaxTest = 20)]
    public async Task Push_AnyFaults_DeliversEveryEventOnceInOrder(byte[] faults, byte size)
    {
        using var network = new FaultyNetwork(faults);
        await using var client = await ConnectAsync(options =>
        {
            (options.HttpHandler, options.BatchSize) = (network, (size % 20) + 5);
            (options.RetryDelay, options.MaxRetryDelay) = (TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        });
        var stream = await CreateAsync(client);
        network.IsFaulty = true;
        var scores = await PushAsync(stream, 200);
        network.IsFaulty = false;
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), scores.Select(score => score.Sequence).Order());
        var kept = await stream.GetScoresAsync(0, 1000, cancellationToken: Token);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => Event(i).Timestamp), kept.Select(score => score.Timestamp));
    }

    [Fact]
    public async Task WatchAndPush_ServiceRestarts_GoOnWithoutGapOrRepetition()
    {
        using var folder = new TempFolder();
        var options = new EmbeddedSiloOptions { StorePath = folder.File("restart.db") };
        var silo = await EmbeddedSilo.StartAsync(options, Token);
        var address = silo.HttpAddress;
        await using var client = await DagmmStreamClient.ConnectAsync(address.AbsoluteUri, cancellationToken: Token);
        var stream = await CreateAsync(client);
        await PushAsync(stream, 300);
        var watched = new List<long>();
        await foreach (var score in stream.WatchScoresAsync(0, cancellationToken: Token))
        {
            watched.Add(score.Offset);
            if (watched.Count == 300)
            {
                await silo.DisposeAsync();
                silo = await EmbeddedSilo.StartAsync(
                    new EmbeddedSiloOptions { StorePath = options.StorePath, HttpPort = address.Port }, Token);
                for (var i = 300; i < 400; i++) await stream.EnqueueAsync(Event(i), Token);
            }

            if (watched.Count == 400) break;
        }

        await silo.DisposeAsync();
        Assert.Equal(Enumerable.Range(0, 400).Select(i => (long)i), watched);
    }

    [Fact]
    public async Task Connect_NobodyThere_SaysWhatToCheck()
    {
        var error = await Assert.ThrowsAsync<DagmmStreamException>(() => DagmmStreamClient.ConnectAsync(
            "http://127.0.0.1:9", new DagmmStreamClientOptions { ConnectTimeout = TimeSpan.FromSeconds(5) }, Token));
        Assert.Equal((ErrorCode.ServiceUnavailable, true), (error.Code, error.IsTransient));
        Assert.Contains("127.0.0.1:9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_KeyThatOpensNothing_IsDeniedAtOnce()
    {
        await using var client = await ConnectAsync(options => options.ApiKey = "dagmm_nothing");
        var error = await Assert.ThrowsAsync<DagmmStreamException>(() => client.ListStreamsAsync(Token));
        Assert.Equal((ErrorCode.AccessDenied, false), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task AddDagmmStreamClient_WithUseHttp_NeedsNoOrleansClient()
    {
        await using var provider = new ServiceCollection()
            .AddDagmmStreamClient(options => options.UseHttp(Service.Silo.HttpAddress)).BuildServiceProvider();
        await provider.GetRequiredService<DagmmStreamClient>().ListStreamsAsync(Token);
    }
}
