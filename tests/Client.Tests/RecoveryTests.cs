using DagmmStream.Client.Tests.Fakes;

namespace DagmmStream.Client.Tests;

/// <summary>After a failure the producer goes on: nothing it met may keep later events from being delivered.</summary>
public sealed class RecoveryTests
{
    private const string Name = "s";
    private readonly FakeGrains _service = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FakePartition Partition => _service.Partition(Name);

    [Fact]
    public async Task Push_ServiceForgotTheProducer_NumbersOnFromWhatItExpects()
    {
        await using var client = await ClientAsync(options => options.DeliveryTimeout = TimeSpan.FromSeconds(2));
        for (var i = 0; i < 3; i++) await client.Stream(Name).ScoreAsync(Event(i), Token);
        Partition.Forget();
        Assert.Equal(0, (await client.Stream(Name).ScoreAsync(Event(3), Token)).Sequence);
        Assert.Equal(1, (await client.Stream(Name).ScoreAsync(Event(4), Token)).Sequence);
        Assert.Equal([0, 1, 2, 3, 4], Partition.Values);
    }

    [Fact]
    public async Task Push_ServiceForgotTheProducerWithBatchesInFlight_DeliversAllInOrder()
    {
        await using var client = await ClientAsync(options => (options.BatchSize, options.DeliveryTimeout) = (1, TimeSpan.FromSeconds(2)));
        await client.Stream(Name).ScoreAsync(Event(0), Token);
        Partition.Forget();
        for (var i = 1; i < 40; i++) await client.Stream(Name).EnqueueAsync(Event(i), Token);
        await client.Stream(Name).FlushAsync(Token);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (float)i), Partition.Values);
    }

    [Fact]
    public async Task Push_LostRequestBehindAFinalError_TakesTheFreeNumbers()
    {
        var hold = new TaskCompletionSource();
        Partition.Hold = hold;
        var lost = 0;
        _service.Fault = batch => BitConverter.ToSingle(batch.Features) switch
        {
            0 => FaultKind.Final,
            1 when Interlocked.Exchange(ref lost, 1) == 0 => FaultKind.LostRequest,
            _ => FaultKind.None,
        };
        await using var client = await ClientAsync(options => (options.BatchSize, options.DeliveryTimeout) = (1, TimeSpan.FromSeconds(2)));
        var scores = Enumerable.Range(0, 4).Select(i => client.Stream(Name).ScoreAsync(Event(i), Token)).ToArray();
        hold.SetResult();
        await Assert.ThrowsAsync<DagmmStreamException>(() => scores[0]);
        for (var i = 1; i < 4; i++) Assert.Equal(i, (await scores[i]).Energy);
        Assert.Equal([1, 2, 3], Partition.Values);
    }

    [Fact]
    public async Task Push_FailureHandlerThrows_GoesOn()
    {
        _service.Fault = batch => BitConverter.ToSingle(batch.Features) == 0 ? FaultKind.Final : FaultKind.None;
        await using var client = await ClientAsync(options => options.DeliveryTimeout = TimeSpan.FromSeconds(2));
        client.Stream(Name).DeliveryFailed += (_, _) => throw new FormatException("a handler's own mistake");
        await Assert.ThrowsAsync<DagmmStreamException>(() => client.Stream(Name).ScoreAsync(Event(0), Token));
        Assert.Equal(0, (await client.Stream(Name).ScoreAsync(Event(1), Token)).Sequence);
        var thrown = await Assert.ThrowsAsync<DagmmStreamException>(() => client.Stream(Name).FlushAsync(Token));
        Assert.Equal(ErrorCode.InvalidBatch, thrown.Code);
        Assert.IsType<FormatException>(Assert.IsType<AggregateException>(thrown.InnerException).InnerExceptions[1]);
    }

    [Fact]
    public async Task Push_CallNeverReturns_EndsWithDeliveryTimeoutAndDisposes()
    {
        Partition.Hold = new TaskCompletionSource();
        await using var client = await ClientAsync(options => options.DeliveryTimeout = TimeSpan.FromMilliseconds(50));
        var thrown = await Assert.ThrowsAsync<DagmmStreamException>(
            () => client.Stream(Name).ScoreAsync(Event(0), Token).WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Equal(ErrorCode.DeliveryTimeout, thrown.Code);
    }

    [Fact]
    public async Task ScoreAsync_WhileAnotherIsInFlight_LeavesWhenThatOneIsAcknowledged()
    {
        var hold = new TaskCompletionSource();
        Partition.Hold = hold;
        await using var client = await ClientAsync(options => options.Linger = TimeSpan.FromSeconds(10));
        var first = client.Stream(Name).ScoreAsync(Event(0), Token);
        await Partition.Arrived.Task.WaitAsync(Token);
        var second = client.Stream(Name).ScoreAsync(Event(1), Token);
        hold.SetResult();
        Assert.Equal(0, (await first).Energy);
        Assert.Equal(1, (await second.WaitAsync(TimeSpan.FromSeconds(5), Token)).Energy);
    }

    [Fact]
    public async Task PushAsync_FlushInsideTheLoop_DoesNotWaitForItself()
    {
        const int Count = 2000;
        await using var client = await ClientAsync(options => options.BatchSize = 1);
        var seen = 0;
        await foreach (var batch in client.Stream(Name).PushAsync(Events(Count), Token))
        {
            if (seen == 0) await client.Stream(Name).FlushAsync(Token).WaitAsync(TimeSpan.FromSeconds(20), Token);
            seen += batch.Count;
        }

        Assert.Equal(Count, seen);
    }

    private async Task<DagmmStreamClient> ClientAsync(Action<DagmmStreamClientOptions> configure)
    {
        var options = new DagmmStreamClientOptions { RetryDelay = TimeSpan.Zero, MaxRetryDelay = TimeSpan.FromMilliseconds(1) };
        configure(options);
        var client = new DagmmStreamClient(_service, options);
        await client.CreateStreamAsync(new StreamDefinition { Name = Name, Features = ["x", "y"] }, Token);
        return client;
    }

    private static StreamEvent Event(int i) => new(DateTimeOffset.UnixEpoch.AddSeconds(i), new float[] { i, 1 });

    private static async IAsyncEnumerable<StreamEvent> Events(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 16 == 0) await Task.Yield();
            yield return Event(i);
        }
    }
}
