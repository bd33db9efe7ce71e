using System.Collections.Immutable;
using System.Net;
using DagmmStream.Client.Tests.Fakes;
using DagmmStream.Client.Gateways;
using Microsoft.Extensions.Time.Testing;
using Orleans.CodeGeneration;

namespace DagmmStream.Client.Tests;

public sealed class ClusterGatewaysTests
{
    private static readonly IPEndPoint First = IPEndPoint.Parse("127.0.0.1:30000");
    private static readonly IPEndPoint Second = IPEndPoint.Parse("127.0.0.1:30001");
    private static readonly IPEndPoint Third = IPEndPoint.Parse("127.0.0.1:30002");
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task GetGateways_NotConnectedYet_AreTheGivenOnes()
    {
        using var gateways = New(First, Second);
        Assert.Equal(["127.0.0.1:30000", "127.0.0.1:30001"], await AddressesAsync(gateways));
    }

    [Fact]
    public async Task Use_ListWithAGivenOne_ReplacesTheGivenOnesForGood()
    {
        using var gateways = New(First, Second);
        gateways.Use([Second, Third]);
        Assert.Equal(["127.0.0.1:30001", "127.0.0.1:30002"], await AddressesAsync(gateways));
        gateways.Use([Third]);
        Assert.Equal(["127.0.0.1:30002"], await AddressesAsync(gateways));
    }

    [Fact]
    public async Task Use_ListOfOtherAddresses_KeepsTheGivenOnes()
    {
        using var gateways = New(First);
        gateways.Use([IPEndPoint.Parse("172.18.0.3:30000")]);
        gateways.Use([]);
        Assert.Equal(["127.0.0.1:30000"], await AddressesAsync(gateways));
    }

    [Fact]
    public async Task WaitAsync_GatewayLost_GivesUpWhatWasOnItsWayAndNothingLater()
    {
        using var gateways = New(First, Second);
        var hanging = gateways.WaitAsync(new TaskCompletionSource<int>().Task);
        gateways.Use([First, Second, Third]);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(hanging.IsCompleted);
        gateways.Use([First, Third]);
        _time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        var later = new TaskCompletionSource<int>();
        var waiting = gateways.WaitAsync(later.Task);
        later.SetResult(7);
        Assert.Equal(7, await waiting);
    }

    [Fact]
    public async Task OnClosed_CallOnItsWay_GivenUp()
    {
        using var gateways = New(First, Second);
        var hanging = gateways.WaitAsync(new TaskCompletionSource<int>().Task);
        gateways.OnClosed();
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
    }

    [Fact]
    public void OnClosed_Disposed_Nothing()
    {
        var gateways = New(First);
        gateways.Dispose();
        gateways.OnClosed();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(gateways.IsUpdatable);
    }

    [Fact]
    public async Task GetGateways_SomeQuestionsHang_TakesTheAnswerOfAnother()
    {
        using var gateways = New(First, Second);
        gateways.Follow(new FakeGrains { Gateways = key => new FakeGateway(key == 4 ? ["127.0.0.1:30001"] : null) });
        Assert.Equal(["127.0.0.1:30001"], await AddressesAsync(gateways));
    }

    [Fact]
    public void Questions_TakeTheGatewaysInTurn()
    {
        var questions = typeof(IGatewayGrain).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && typeof(RequestBase).IsAssignableFrom(type))
            .Select(type => (RequestBase)Activator.CreateInstance(type)!)
            .Where(request => request.GetInterfaceType() == typeof(IGatewayGrain)).ToArray();
        Assert.NotEmpty(questions);
        Assert.All(questions, question => Assert.True(question.Options.HasFlag(InvokeMethodOptions.Unordered)));
    }

    private static async Task<IEnumerable<string>> AddressesAsync(ClusterGateways gateways) =>
        (await gateways.GetGateways()).Select(gateway => $"{gateway.Host}:{gateway.Port}");

    private ClusterGateways New(params IPEndPoint[] given) => new(given, TimeSpan.FromSeconds(5), _time);

    private sealed class FakeGateway(ImmutableArray<string>? gateways) : IGatewayGrain
    {
        public Task<ImmutableArray<string>> ListAsync(CancellationToken cancellationToken = default) =>
            gateways is { } known ? Task.FromResult(known) : new TaskCompletionSource<ImmutableArray<string>>().Task;
    }
}
