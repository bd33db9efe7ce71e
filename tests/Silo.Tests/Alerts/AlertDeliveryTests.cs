using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DagmmStream.Silo.Alerts;
using DagmmStream.Storage;
using DagmmStream.Storage.Alerts;
using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Sqlite;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace DagmmStream.Silo.Tests.Alerts;

/// <summary>The outbox against a receiver on this machine; time passes when the test says so.</summary>
public sealed class AlertDeliveryTests : IAsyncDisposable
{
    private static readonly string Secret =
        AlertWebhook.SecretPrefix + Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private ServiceProvider? _services;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IAlertStore Store => _services!.GetRequiredService<IAlertStore>();

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Deliver_Raised_IsASignedCloudEventWithAttributesAndLink()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await StartAsync();
        await RaiseAsync(receiver.Url);
        Assert.Equal(1, await DeliverAsync());
        var message = await receiver.NextAsync();
        Assert.StartsWith("application/cloudevents+json", message.ContentType, StringComparison.Ordinal);
        var json = message.Json;
        Assert.Equal(("1.0", "dagmm.alert.raised", "/streams/pump", "a1", "a1-raised"), (Text("specversion"), Text("type"), Text("source"),
            Text("subject"), Text("id")));
        var data = json.GetProperty("data");
        Assert.Equal("night", data.GetProperty("attributes").GetProperty("team").GetString());
        Assert.Equal("https://alerts.test/#/stream/pump/0?point=7", data.GetProperty("link").GetString());
        var seconds = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Assert.Equal(("a1-raised", seconds), (message.Id, message.Time));

        // Checked as a receiver would, not by our own code.
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{message.Id}.{message.Time}."), .. message.Body];
        var key = Convert.FromBase64String(Secret["whsec_".Length..]);
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)), message.Signature);
        Assert.Equal(DeliveryState.Delivered, Assert.Single(await Store.ReadDeliveriesAsync("a1", Token)).State);
        Assert.Equal(0, await DeliverAsync());

        string? Text(string name) => json.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Deliver_ReceiverFails_TriedAgainAfterARestartWithTheSameBytes()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Status = StatusCodes.Status500InternalServerError;
        await StartAsync();
        await RaiseAsync(receiver.Url);
        Assert.Equal(1, await DeliverAsync());
        var first = await receiver.NextAsync();
        var waiting = Assert.Single(await Store.ReadDeliveriesAsync("a1", Token));
        Assert.Equal((DeliveryState.Pending, 1, "the receiver answered 500"), (waiting.State, waiting.Attempts, waiting.Error));
        Assert.Equal(0, await DeliverAsync());

        await RestartAsync();
        receiver.Status = StatusCodes.Status200OK;
        Assert.Equal(0, await DeliverAsync());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, await DeliverAsync());
        var second = await receiver.NextAsync();
        Assert.Equal(first.Body, second.Body);
        Assert.NotEqual(first.Signature, second.Signature);
        Assert.Equal(DeliveryState.Delivered, Assert.Single(await Store.ReadDeliveriesAsync("a1", Token)).State);
    }

    [Fact]
    public async Task Deliver_TakerDied_DueAgainWhenItsLeaseIsOver()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await StartAsync();
        await RaiseAsync(receiver.Url);
        var lease = _services!.GetRequiredService<IOptions<AlertOptions>>().Value.Lease;
        Assert.Single(await Store.ClaimAsync(_time.GetUtcNow(), lease, 8, Token));
        await RestartAsync();
        Assert.Equal(0, await DeliverAsync());
        _time.Advance(lease);
        Assert.Equal(1, await DeliverAsync());
        Assert.Equal("a1-raised", (await receiver.NextAsync()).Id);
    }

    [Fact]
    public async Task Deliver_ScheduleIsOver_DeadLetterThatCanBeSentAgain()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Status = StatusCodes.Status503ServiceUnavailable;
        await StartAsync(("RetrySchedule:0", "00:00:05"), ("RetrySchedule:1", "00:00:07"));
        await RaiseAsync(receiver.Url);
        foreach (var wait in (int[])[0, 5, 7])
        {
            _time.Advance(TimeSpan.FromSeconds(wait));
            Assert.Equal(1, await DeliverAsync());
        }

        var dead = Assert.Single(await Store.ListDeliveriesAsync(DeliveryState.Dead, "pump", long.MaxValue, 10, Token));
        Assert.Equal((3, "the receiver answered 503"), (dead.Attempts, dead.Error));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await DeliverAsync());
        receiver.Status = StatusCodes.Status200OK;
        Assert.True(await Store.ResendAsync(dead.Number, _time.GetUtcNow(), Token));
        Assert.Equal(1, await DeliverAsync());
        Assert.Equal(4, receiver.TakeAll().Count);
        Assert.Empty(await Store.ListDeliveriesAsync(DeliveryState.Dead, null, long.MaxValue, 10, Token));
    }

    [Fact]
    public async Task Deliver_FinalAnswer_IsDeadAtOnce()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Status = StatusCodes.Status404NotFound;
        await StartAsync();
        await RaiseAsync(receiver.Url);
        await DeliverAsync();
        Assert.Equal(DeliveryState.Dead, Assert.Single(await Store.ReadDeliveriesAsync("a1", Token)).State);
    }

    [Fact]
    public async Task Deliver_Suppressed_IsWithheldUntilSomebodySendsIt()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await StartAsync();
        await RaiseAsync(receiver.Url);
        await Store.SuppressAsync("a1", true, Token);
        await DeliverAsync();
        var withheld = Assert.Single(await Store.ReadDeliveriesAsync("a1", Token));
        Assert.Equal(DeliveryState.Withheld, withheld.State);
        Assert.Empty(receiver.TakeAll());
        await Store.SuppressAsync("a1", false, Token);
        await Store.ResendAsync(withheld.Number, _time.GetUtcNow(), Token);
        await DeliverAsync();
        Assert.Single(receiver.TakeAll());
    }

    [Theory]
    [InlineData("RefusePrivateAddresses", "true", "no address that may be used")]
    [InlineData("AllowedHosts:0", "*.example.org", "none of Alerts:AllowedHosts")]
    public async Task Deliver_HostThatMayNotBeReached_IsNotConnectedTo(string option, string value, string error)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await StartAsync((option, value));
        await RaiseAsync(receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        await DeliverAsync();
        Assert.Contains(error, Assert.Single(await Store.ReadDeliveriesAsync("a1", Token)).Error, StringComparison.Ordinal);
        Assert.Empty(receiver.TakeAll());
    }

    [Theory]
    [InlineData("ftp://a.test/", false)]
    [InlineData("http://169.254.169.254/latest", false)]
    [InlineData("http://[::ffff:169.254.169.254]/", false)]
    [InlineData("http://0.0.0.0/", false)]
    [InlineData("http://10.0.0.1/", true)]
    [InlineData("https://a.test/", true)]
    public void Refusal_Address_LinkLocalAndOtherSchemesAreRefused(string url, bool isAllowed) =>
        Assert.Equal(isAllowed, new WebhookGuard(Options.Create(new AlertOptions())).Refusal(new Uri(url)) is null);

    private Task<int> DeliverAsync() =>
        _services!.GetServices<IHostedService>().OfType<AlertDeliveryService>().Single().DeliverAsync(Token);

    private async Task RestartAsync()
    {
        await _services!.DisposeAsync();
        await StartAsync();
    }

    private async Task StartAsync(params (string Name, string Value)[] options)
    {
        var settings = options.Append(("QuickRetries", "0")).Append(("PublicUrl", "https://alerts.test/"))
            .ToDictionary(option => $"Alerts:{option.Item1}", option => (string?)option.Item2);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<TimeProvider>(_time);
        services.AddDagmmStreamSqliteStore(store => store.Path = _folder.File("alerts.db"));
        services.AddSingleton<IServer, NoServer>();
        services.AddDagmmAlerts(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        // The watch needs grains.
        services.Remove(services.Single(service => service.ImplementationType == typeof(SilenceWatch)));
        _services = services.BuildServiceProvider();
        await _services.GetRequiredService<IStore>().InitializeAsync(Token);
    }

    private async Task RaiseAsync(string url)
    {
        var policy = new AlertPolicy { Webhooks = [new AlertWebhook { Name = "ops", Url = url, Secret = Secret }] };
        await Store.SavePolicyAsync("pump", policy, Token);
        var handle = await _services!.GetRequiredService<IJournal>().OpenAsync(new PartitionId("pump", 0), Token);
        var episode = new AlertEpisode
        {
            Id = "a1", Stream = "pump", Partition = 0, Kind = AlertKind.Anomaly, State = AlertState.Raised, StartTime = 1, StartOffset = 5,
            LastTime = 3, LastOffset = 8, AnomalousEvents = 3, Peak = new AlertPeak(7, 2, 31.5, 4, 1e-6),
            Attributes = policy.Attributes.Add("team", "night"),
        };
        await Store.SaveAsync(handle, [new AlertChange(episode, AlertTransition.Raised, _time.GetUtcNow(), false, ["ops"])], Token);
    }

    /// <summary>The links name a public address: nobody asks for the server's.</summary>
    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
