using System.Net;
using System.Text.Json;
using DagmmStream.Silo.Embedded;
using DagmmStream.Storage;
using DagmmStream.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace DagmmStream.Silo.Tests.Embedded;

public class EmbeddedSiloTests
{
    [Fact]
    public async Task StartAsync_FreshStore_IsLiveAndReady()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        await using var silo = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions { StorePath = folder.File("a.db") }, token);
        using var http = new HttpClient { BaseAddress = silo.HttpAddress };
        using var live = await http.GetAsync(new Uri("/health/live", UriKind.Relative), token);
        using var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), token);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        using var body = JsonDocument.Parse(await ready.Content.ReadAsStringAsync(token));
        Assert.Equal("Healthy", body.RootElement.GetProperty("status").GetString());
        Assert.Equal(["silo", "store", "drain"], body.RootElement.GetProperty("checks").EnumerateObject().Select(check => check.Name));
    }

    [Fact]
    public async Task Ready_StoreFails_Is503WithTheReason()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        await using var silo = await EmbeddedSilo.StartAsync(
            new EmbeddedSiloOptions
            {
                StorePath = folder.File("a.db"),
                ConfigureServices = services => services.AddSingleton<IStore, FailingStore>(),
            },
            token);
        using var http = new HttpClient { BaseAddress = silo.HttpAddress };
        using var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), token);
        using var live = await http.GetAsync(new Uri("/health/live", UriKind.Relative), token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains(FailingStore.Message, await ready.Content.ReadAsStringAsync(token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task Gateways_AskedThroughTheGateway_AreWhereTheClientIsConnected()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        await using var silo = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions { StorePath = folder.File("a.db") }, token);
        var gateways = await silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IGatewayGrain>(3).ListAsync(token);
        Assert.Equal([silo.Endpoint], gateways);
    }

    [Fact]
    public async Task StartAsync_Twice_UsesDifferentPorts()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        await using var first = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions { StorePath = folder.File("a.db") }, token);
        await using var second = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions { StorePath = folder.File("b.db") }, token);
        Assert.NotEqual(first.Endpoint, second.Endpoint);
        Assert.NotEqual(first.HttpAddress, second.HttpAddress);
    }

    [Fact]
    public async Task StopAsync_AcceptedEvents_AreCheckpointedBeforeTheSiloStops()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        var options = new EmbeddedSiloOptions { StorePath = folder.File("a.db") };
        await using (var silo = await EmbeddedSilo.StartAsync(options, token))
        {
            var catalog = silo.Client.GetGrain<ICatalogGrain>(ICatalogGrain.Key);
            await catalog.CreateAsync(new StreamDefinition { Name = "s", Features = ["a", "b"] }, token);
            // The warm-up and one chunk.
            Assert.Equal(PushOutcome.Accepted, (await Partition(silo).PushAsync(Batch(0, 256), token)).Outcome);
            Assert.Equal(PushOutcome.Accepted, (await Partition(silo).PushAsync(Batch(256, 128), token)).Outcome);
        }

        await using var again = await EmbeddedSilo.StartAsync(options, token);
        var status = await Partition(again).GetStatusAsync(token);
        Assert.Equal(384, status.Accepted);
        Assert.Equal(384, status.CheckpointOffset);
        Assert.Equal(383, await Partition(again).GetWatermarkAsync("p", token));
    }

    private static IPartitionGrain Partition(EmbeddedSilo silo) => silo.Client.GetGrain<IPartitionGrain>("s/0");

    private static EventBatch Batch(int first, int count)
    {
        var features = Enumerable.Range(2 * first, 2 * count).SelectMany(i => BitConverter.GetBytes((float)Math.Sin(i))).ToArray();
        return new EventBatch { Producer = "p", FirstSequence = first, Count = count, Features = features, Times = new byte[8 * count] };
    }

    /// <summary>Opens like the real store and then fails every probe.</summary>
    private sealed class FailingStore(SqliteStore store) : IStore
    {
        public const string Message = "the disk is gone: put it back";

        public string Location => store.Location;

        public Task InitializeAsync(CancellationToken cancellationToken) => store.InitializeAsync(cancellationToken);

        public Task CheckAsync(CancellationToken cancellationToken) =>
            Task.FromException(new DagmmStreamException(ErrorCode.StoreUnavailable, Message, isTransient: true));

        // The container owns the real store.
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
