using DagmmStream.Grains.Alerts;
using DagmmStream.Grains.Tests.Hosting;
using DagmmStream.Storage.Alerts;
using Microsoft.Extensions.DependencyInjection;

namespace DagmmStream.Grains.Tests.Alerts;

/// <summary>Alerts through the grain and its store.</summary>
public sealed class PartitionAlertsTests : IDisposable
{
    private const int Warm = 1024;
    private readonly TemporaryDirectory _directory = new();
    private readonly ShiftedTime _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_InTheMiddleOfAnEpisode_GoesOnWithTheSameAlert(bool isKill)
    {
        string id;
        var silo = await StartAsync();
        var partition = await CreateAsync(silo, new AlertPolicy
        {
            CloseAfterEvents = 8, HoldPValue = 0, Webhooks = [new AlertWebhook { Name = "ops", Url = "http://ops.test/" }],
        });
        await partition.PushAsync(TestEvents.Batch(Warm, 6, outlier: 1), Token);
        var raised = Assert.Single(await AlertsAsync(silo));
        id = raised.Episode.Id;
        Assert.Equal((AlertState.Raised, Warm + 1L, Warm + 1L),
            (raised.Episode.State, raised.Episode.StartOffset, raised.Episode.Peak!.Offset));
        if (isKill) await silo.KillAsync();
        else await silo.DisposeAsync();

        await using var again = await StartAsync();
        // Four calm events are behind it, and another four end it.
        await again.Partition("s").PushAsync(TestEvents.Batch(Warm + 6, 3), Token);
        Assert.Equal(AlertState.Raised, (await AlertsAsync(again))[0].Episode.State);
        await again.Partition("s").PushAsync(TestEvents.Batch(Warm + 9, 1), Token);
        var ended = Assert.Single(await AlertsAsync(again));
        Assert.Equal((id, AlertState.Ended, Warm + 1L), (ended.Episode.Id, ended.Episode.State, ended.Episode.LastOffset));
        var messages = await Store(again).ReadDeliveriesAsync(id, Token);
        Assert.Equal([AlertTransition.Raised, AlertTransition.Ended], messages.Select(message => message.Transition));
    }

    [Fact]
    public async Task Reload_NewPolicy_DecidesFromTheNextEventOn()
    {
        await using var silo = await StartAsync();
        var partition = await CreateAsync(silo, AlertPolicy.Default with { MinEvents = 2 });
        await partition.PushAsync(TestEvents.Batch(Warm, 1, outlier: 0), Token);
        Assert.Equal(AlertState.Pending, (await AlertsAsync(silo))[0].Episode.State);
        await SetAsync(silo, AlertPolicy.Default with { SuppressedUntil = DateTimeOffset.MaxValue, CloseAfterEvents = 4, HoldPValue = 0 });
        await partition.PushAsync(TestEvents.Batch(Warm + 1, 1, outlier: 0), Token);
        Assert.Equal(AlertState.Raised, (await AlertsAsync(silo))[0].Episode.State);
        await partition.PushAsync(TestEvents.Batch(Warm + 2, 8, outlier: 6), Token);
        // The newest first; both became alerts under the new policy.
        Assert.Equal([(AlertState.Raised, true), (AlertState.Ended, true)],
            (await AlertsAsync(silo)).Select(alert => (alert.Episode.State, alert.IsSuppressed)));
    }

    [Fact]
    public async Task Silence_NoEventInAnyPartition_RaisedAndEndedByTheNextOne()
    {
        await using var silo = await StartAsync();
        var partition = await CreateAsync(silo, new AlertPolicy { Silence = TimeSpan.FromMinutes(10) }, partitions: 2);
        var other = silo.Grains.GetGrain<IPartitionGrain>(new PartitionId("s", 1).ToString());
        await CheckAsync(silo, 2);
        _time.Shift += TimeSpan.FromMinutes(9);
        await other.PushAsync(TestEvents.Batch(0, 1), Token);
        _time.Shift += TimeSpan.FromMinutes(9);
        await CheckAsync(silo, 2);
        Assert.Empty(await AlertsAsync(silo));
        _time.Shift += TimeSpan.FromMinutes(2);
        await CheckAsync(silo, 2);
        await CheckAsync(silo, 2);
        var silence = Assert.Single(await AlertsAsync(silo));
        Assert.Equal((AlertKind.Silence, AlertState.Raised), (silence.Episode.Kind, silence.Episode.State));
        await partition.PushAsync(TestEvents.Batch(Warm, 1), Token);
        await CheckAsync(silo, 2);
        Assert.Equal(AlertState.Ended, Assert.Single(await AlertsAsync(silo)).Episode.State);
    }

    [Fact]
    public async Task Delete_Stream_TakesItsAlertsAlong()
    {
        await using var silo = await StartAsync();
        var partition = await CreateAsync(silo, AlertPolicy.Default);
        await partition.PushAsync(TestEvents.Batch(Warm, 1, outlier: 0), Token);
        Assert.Single(await AlertsAsync(silo));
        await silo.Catalog().DeleteAsync("s", Token);
        Assert.Empty(await AlertsAsync(silo));
        Assert.Null(await Store(silo).FindPolicyAsync("s", Token));
    }

    private Task<SiloFixture> StartAsync() =>
        SiloFixture.StartAsync(_directory.Path, services: services => services.AddSingleton<TimeProvider>(_time));

    private static IAlertStore Store(SiloFixture silo) => silo.Services.GetRequiredService<IAlertStore>();

    private static Task<IReadOnlyList<AlertRecord>> AlertsAsync(SiloFixture silo) => Store(silo).ListAsync(new AlertQuery(), Token);

    private static Task CheckAsync(SiloFixture silo, int partitions) => silo.Services.GetRequiredService<AlertControl>()
        .CheckSilenceAsync(TestEvents.Definition("s") with { Partitions = partitions }, Token);

    private static async Task SetAsync(SiloFixture silo, AlertPolicy policy)
    {
        await Store(silo).SavePolicyAsync("s", policy, Token);
        await silo.Services.GetRequiredService<AlertControl>().ReloadAsync(TestEvents.Definition("s"), Token);
    }

    private static async Task<IPartitionGrain> CreateAsync(SiloFixture silo, AlertPolicy policy, int partitions = 1)
    {
        // No verdict by chance: only the outlier's p-value is as small.
        await silo.Catalog().CreateAsync(
            TestEvents.Definition("s") with { Preset = ModelPreset.Lite, AlarmRate = 1e-6, Partitions = partitions }, Token);
        var partition = silo.Partition("s");
        await TestEvents.PushAsync(partition, 0, Warm);
        await partition.CheckpointAsync(Token);
        await SetAsync(silo, policy);
        return partition;
    }

    /// <summary>The system's clock, set forward; its timers are real.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
