using System.Collections.Immutable;
using DagmmStream.Storage.Alerts;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

public abstract class AlertStoreSuite : StoreSuite
{
    private static readonly PartitionId Partition = new("s", 0);
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddHours(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task SavePolicyAsync_Twice_LastOneIsRead()
    {
        var alerts = AlertsOf(await OpenStoreAsync());
        Assert.Null(await alerts.FindPolicyAsync("s", Token));
        await alerts.SavePolicyAsync("s", AlertPolicy.Default, Token);
        var policy = new AlertPolicy
        {
            MinEvents = 3, Silence = TimeSpan.FromMinutes(5), SuppressedUntil = Now,
            Attributes = ImmutableSortedDictionary<string, string>.Empty.Add("team", "ÿ"),
            Webhooks = [new AlertWebhook { Name = "ops", Url = "https://ops.test/hook", Secret = "whsec_" }],
        };
        await alerts.SavePolicyAsync("s", policy, Token);
        var read = Assert.Single(await alerts.ListPoliciesAsync(Token));
        Assert.Equal("s", read.Stream);
        Assert.Equal(policy.Webhooks.AsSpan(), read.Policy.Webhooks.AsSpan());
        Assert.Equal(policy.Attributes, read.Policy.Attributes);
        Assert.Equal((3, policy.Silence, Now), (read.Policy.MinEvents, read.Policy.Silence, read.Policy.SuppressedUntil));
    }

    [Fact]
    public async Task AppendAsync_WithAlerts_EpisodeAndMessagesAreThereOnceWithTheScores()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var handle = await journal.OpenAsync(Partition, Token);
        var alerts = AlertsOf(store);
        await journal.AppendAsync(Batch(handle, 0) with { Alerts = [Raised("a"), Raised("a")] });
        await journal.AppendAsync(Batch(handle, 4) with { Alerts = [Change("a", AlertState.Raised, AlertTransition.Updated, 9)] });

        var record = (await alerts.FindAsync("a", Token))!;
        Assert.Equal((9L, Now, false), (record.Episode.LastTime, record.OpenedAt, record.IsSuppressed));
        Assert.Equal(new AlertPeak(2, 2, 1, double.PositiveInfinity, 1e-9), record.Episode.Peak);
        Assert.Equal("a", Assert.Single(await alerts.ReadOpenAsync(Partition, Token)).Id);
        var messages = await alerts.ReadDeliveriesAsync("a", Token);
        Assert.Equal(["x", "y"], messages.Select(message => message.Target));
        Assert.All(messages, message => Assert.Equal((AlertTransition.Raised, DeliveryState.Pending, 5L),
            (message.Transition, message.State, message.Episode.LastTime)));
    }

    [Fact]
    public async Task AppendAsync_OldHandle_WritesNoAlert()
    {
        var store = await OpenStoreAsync();
        var journal = JournalOf(store);
        var old = await journal.OpenAsync(Partition, Token);
        await journal.OpenAsync(Partition, Token);
        await ThrowsAsync(ErrorCode.Fenced, () => journal.AppendAsync(Batch(old, 0) with { Alerts = [Raised("a")] }));
        await ThrowsAsync(ErrorCode.Fenced, () => AlertsOf(store).SaveAsync(old, [Raised("a")], Token));
        Assert.Null(await AlertsOf(store).FindAsync("a", Token));
    }

    [Fact]
    public async Task AcknowledgeAsyncAndSuppressAsync_ThenNewChange_KeepWhatPeopleSaid()
    {
        var (alerts, handle) = await RaisedAsync("a");
        Assert.True(await alerts.AcknowledgeAsync("a", Now, "ada", null, Token));
        Assert.True(await alerts.SuppressAsync("a", true, Token));
        await alerts.SaveAsync(handle, [Change("a", AlertState.Ended, AlertTransition.Ended, 7)], Token);
        var record = (await alerts.FindAsync("a", Token))!;
        Assert.Equal((AlertState.Ended, true, (DateTimeOffset?)Now, "ada", null),
            (record.Episode.State, record.IsSuppressed, record.AcknowledgedAt, record.AcknowledgedBy, record.Note));
        Assert.True(await alerts.AcknowledgeAsync("a", null, null, null, Token));
        Assert.Null((await alerts.FindAsync("a", Token))!.AcknowledgedAt);
        Assert.False(await alerts.SuppressAsync("none", true, Token));
        Assert.All(await alerts.ReadDeliveriesAsync("a", Token), message => Assert.True(message.IsSuppressed));
    }

    [Fact]
    public async Task ListAsync_Pages_NewestFirstAndFiltered()
    {
        var store = await OpenStoreAsync();
        var alerts = AlertsOf(store);
        var handle = await JournalOf(store).OpenAsync(Partition, Token);
        for (var i = 0; i < 5; i++) await alerts.SaveAsync(handle, [Raised($"a{i}")], Token);
        await alerts.SaveAsync(handle, [Change("a0", AlertState.Ended, AlertTransition.Ended, 7)], Token);
        var first = await alerts.ListAsync(new AlertQuery { Limit = 3 }, Token);
        Assert.Equal(["a4", "a3", "a2"], first.Select(record => record.Episode.Id));
        var rest = await alerts.ListAsync(new AlertQuery { Before = first[^1].Number, State = AlertState.Raised }, Token);
        Assert.Equal("a1", Assert.Single(rest).Episode.Id);
        await alerts.SaveAsync(handle, [Change("p", AlertState.Pending, AlertTransition.Updated, 7)], Token);
        Assert.Equal(5, (await alerts.ListAsync(new AlertQuery { AlertsOnly = true }, Token)).Count);
        Assert.Empty(await alerts.ListAsync(new AlertQuery { Stream = "t" }, Token));
        Assert.Empty(await alerts.ListAsync(new AlertQuery { Kind = AlertKind.Silence }, Token));
    }

    [Fact]
    public async Task ClaimAsync_Messages_OldestPerReceiverOnceUntilTheLeaseIsOver()
    {
        var (alerts, handle) = await RaisedAsync("a");
        await alerts.SaveAsync(handle, [Change("a", AlertState.Ended, AlertTransition.Ended, 7)], Token);
        var claimed = await alerts.ClaimAsync(Now, Lease, 10, Token);
        Assert.Equal([("x", AlertTransition.Raised), ("y", AlertTransition.Raised)], claimed.Select(one => (one.Target, one.Transition)));
        Assert.Empty(await alerts.ClaimAsync(Now + (Lease / 2), Lease, 10, Token));
        Assert.Equal(2, (await alerts.ClaimAsync(Now + Lease, Lease, 10, Token)).Count);
        await alerts.SettleAsync(claimed[0].Number, DeliveryState.Delivered, 0, Now, null, Token);
        var next = Assert.Single(await alerts.ClaimAsync(Now + Lease, Lease, 10, Token));
        Assert.Equal(("x", AlertTransition.Ended, 7L), (next.Target, next.Transition, next.Episode.LastTime));
    }

    [Fact]
    public async Task ResendAsync_DeadMessage_IsDueAgain()
    {
        var (alerts, _) = await RaisedAsync("a");
        var number = (await alerts.ClaimAsync(Now, Lease, 1, Token))[0].Number;
        await alerts.SettleAsync(number, DeliveryState.Dead, 7, Now, "HTTP 500", Token);
        var dead = Assert.Single(await alerts.ListDeliveriesAsync(DeliveryState.Dead, "s", long.MaxValue, 10, Token));
        Assert.Equal((number, 7, "HTTP 500"), (dead.Number, dead.Attempts, dead.Error));
        var counts = await alerts.CountDeliveriesAsync(Token);
        Assert.Equal((1L, 1L), (counts[DeliveryState.Dead], counts[DeliveryState.Pending]));
        Assert.True(await alerts.ResendAsync(number, Now, Token));
        Assert.False(await alerts.ResendAsync(number, Now, Token));
        Assert.Equal((DeliveryState.Pending, 0), ((await alerts.FindDeliveryAsync(number, Token))!.State,
            (await alerts.FindDeliveryAsync(number, Token))!.Attempts));
    }

    [Fact]
    public async Task DeleteOlderThanAsync_OverAndOld_GoesWithItsMessages()
    {
        var (alerts, handle) = await RaisedAsync("old");
        await alerts.SaveAsync(
            handle, [Change("old", AlertState.Ended, AlertTransition.Ended, 7), Raised("open"),
                Change("new", AlertState.Ended, AlertTransition.Ended, 100)], Token);
        Assert.Equal(1, await alerts.DeleteOlderThanAsync(Partition, DateTimeOffset.UnixEpoch.AddMicroseconds(50), Token));
        Assert.Empty(await alerts.ReadDeliveriesAsync("old", Token));
        Assert.Equal(["new", "open"], (await alerts.ListAsync(new AlertQuery(), Token)).Select(record => record.Episode.Id));
        await alerts.SavePolicyAsync("s", AlertPolicy.Default, Token);
        await alerts.DeleteAsync("s", Token);
        Assert.Empty(await alerts.ListAsync(new AlertQuery(), Token));
        Assert.Empty(await alerts.ReadDeliveriesAsync("open", Token));
        Assert.Null(await alerts.FindPolicyAsync("s", Token));
    }

    private async Task<(IAlertStore Alerts, PartitionHandle Handle)> RaisedAsync(string id)
    {
        var store = await OpenStoreAsync();
        var handle = await JournalOf(store).OpenAsync(Partition, Token);
        await AlertsOf(store).SaveAsync(handle, [Raised(id)], Token);
        return (AlertsOf(store), handle);
    }

    private static AlertChange Raised(string id) => Change(id, AlertState.Raised, AlertTransition.Raised, 5);

    private static AlertChange Change(string id, AlertState state, AlertTransition transition, long lastTime) => new(
        new AlertEpisode
        {
            Id = id, Stream = "s", Partition = 0, Kind = AlertKind.Anomaly, State = state, StartTime = 1, StartOffset = 1,
            LastTime = lastTime, LastOffset = 3, AnomalousEvents = 2, Peak = new AlertPeak(2, 2, 1, double.PositiveInfinity, 1e-9),
        },
        transition, Now, IsSuppressed: false, ["x", "y"]);
}
