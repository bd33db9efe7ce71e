using DagmmStream.Client.Tests.Fakes;
using FsCheck.Xunit;

namespace DagmmStream.Client.Tests;

public sealed class DeliveryTests
{
    private const string Name = "s";
    private readonly FakeGrains _service = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Whatever is lost, refused or rejected on the way: every event arrives once, in order, and everyone is told.</summary>
    [Property(MaxTest = 60)]
    public async Task Push_AnyFaults_DeliversEveryEventOnceInOrder(byte[] faults, byte size)
    {
        var service = new FakeGrains();
        var next = 0;
        service.Fault = _ =>
        {
            var at = Interlocked.Increment(ref next) - 1;
            return at < faults.Length ? (FaultKind)(faults[at] % 6) : FaultKind.None;
        };
        await using var client = await ClientAsync(service, options => options.BatchSize = (size % 20) + 1);
        var acknowledged = new List<float>();
        await foreach (var batch in client.Stream(Name).PushAsync(Events(200), Token))
            for (var i = 0; i < batch.Count; i++) acknowledged.Add((float)batch.Scores[i].Energy);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (float)i), service.Partition(Name).Values);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (float)i), acknowledged.Order());
        Assert.Single(service.Partition(Name).Producers);
    }

    [Fact]
    public async Task ScoreAsync_Idle_SendsAtOnceAndReturnsTheScore()
    {
        await using var client = await ClientAsync(_service, options => options.Linger = TimeSpan.FromSeconds(10));
        var score = await client.Stream(Name).ScoreAsync(Event(7), Token);
        Assert.Equal(7, score.Energy);
        Assert.Equal(0, score.Offset);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(7), score.Timestamp);
    }

    [Fact]
    public async Task Enqueue_WhileBatchesAreInFlight_FillsTheNextBatch()
    {
        var hold = new TaskCompletionSource();
        _service.Partition(Name).Hold = hold;
        await using var client = await ClientAsync(_service, options => (options.MaxInFlight, options.BatchSize) = (1, 50));
        for (var i = 0; i < 151; i++) await client.Stream(Name).EnqueueAsync(Event(i), Token);
        hold.SetResult();
        await client.Stream(Name).FlushAsync(Token);
        Assert.Equal(151, _service.Partition(Name).Values.Count);
        Assert.All(_service.Partition(Name).BatchSizes, size => Assert.InRange(size, 1, 50));
        Assert.True(_service.Partition(Name).BatchSizes.Count <= 5, string.Join(' ', _service.Partition(Name).BatchSizes));
    }

    [Fact]
    public async Task Enqueue_QueueFullInFailMode_ThrowsTransientAndLosesNothingElse()
    {
        var hold = new TaskCompletionSource();
        _service.Partition(Name).Hold = hold;
        await using var client = await ClientAsync(
            _service, options =>
                (options.QueueCapacity, options.QueueFullMode, options.MaxInFlight, options.BatchSize) = (4, QueueFullMode.Fail, 1, 1));
        var queued = new List<int>();
        DagmmStreamException? refused = null;
        for (var i = 0; refused is null; i++)
        {
            try
            {
                await client.Stream(Name).EnqueueAsync(Event(i), Token);
                queued.Add(i);
            }
            catch (DagmmStreamException exception)
            {
                refused = exception;
            }
        }

        Assert.Equal(ErrorCode.Overloaded, refused.Code);
        Assert.True(refused.IsTransient);
        Assert.Contains("4 events", refused.Message, StringComparison.Ordinal);
        hold.SetResult();
        await client.Stream(Name).FlushAsync(Token);
        Assert.Equal(queued.Select(i => (float)i), _service.Partition(Name).Values);
    }

    [Fact]
    public async Task Push_FinalErrorForOneBatch_FailsItAloneAndKeepsNumbersGapless()
    {
        _service.Fault = batch => BitConverter.ToSingle(batch.Features) == 3 ? FaultKind.Final : FaultKind.None;
        await using var client = await ClientAsync(_service, options => options.BatchSize = 1);
        var failures = new List<DeliveryFailedEventArgs>();
        client.Stream(Name).DeliveryFailed += (_, failed) => failures.Add(failed);
        var scores = Enumerable.Range(0, 8).Select(i => client.Stream(Name).ScoreAsync(Event(i), Token)).ToArray();
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(() => scores[3]);
        Assert.Equal(ErrorCode.InvalidBatch, exception.Code);
        foreach (var i in (int[])[0, 1, 2, 4, 5, 6, 7]) Assert.Equal(i, (await scores[i]).Energy);
        Assert.Equal([0, 1, 2, 4, 5, 6, 7], _service.Partition(Name).Values);
        Assert.Equal(1, Assert.Single(failures).Count);
        var thrown = await Assert.ThrowsAsync<DagmmStreamException>(() => client.Stream(Name).FlushAsync(Token));
        Assert.Equal(ErrorCode.InvalidBatch, thrown.Code);
        await client.Stream(Name).FlushAsync(Token);
    }

    [Fact]
    public async Task Push_ServiceNeverAnswers_EndsWithDeliveryTimeoutAndGoesOnUnderANewName()
    {
        var isDown = true;
        _service.Fault = _ => isDown ? FaultKind.LostReply : FaultKind.None;
        await using var client = await ClientAsync(_service, options => options.DeliveryTimeout = TimeSpan.FromMilliseconds(20));
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(() => client.Stream(Name).ScoreAsync(Event(0), Token));
        Assert.Equal(ErrorCode.DeliveryTimeout, exception.Code);
        Assert.Contains("may or may not", exception.Message, StringComparison.Ordinal);
        isDown = false;
        Assert.Equal(1, (await client.Stream(Name).ScoreAsync(Event(1), Token)).Energy);
        Assert.Equal([0, 1], _service.Partition(Name).Values);
        Assert.Equal(2, _service.Partition(Name).Producers.Count);
    }

    [Fact]
    public async Task Push_SameProducerIdAgain_GoesOnBehindItsWatermark()
    {
        await using (var first = await ClientAsync(_service, options => options.ProducerId = "p"))
            await first.Stream(Name).ScoreAsync(Event(0), Token);
        await using var second = await ClientAsync(_service, options => options.ProducerId = "p");
        var score = await second.Stream(Name).ScoreAsync(Event(1), Token);
        Assert.Equal(1, score.Sequence);
        Assert.Equal([0, 1], _service.Partition(Name).Values);
    }

    [Fact]
    public async Task DisposeAsync_WithQueuedEvents_SendsThem()
    {
        await using (var client = await ClientAsync(_service))
            for (var i = 0; i < 100; i++) await client.Stream(Name).EnqueueAsync(Event(i), Token);
        Assert.Equal(100, _service.Partition(Name).Values.Count);
    }

    [Fact]
    public async Task PushAsync_SourceThrows_EndsWithItsException()
    {
        await using var client = await ClientAsync(_service);
        static async IAsyncEnumerable<StreamEvent> Broken()
        {
            yield return Event(0);
            await Task.Yield();
            throw new FormatException("line 2");
        }

        var exception = await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (var batch in client.Stream(Name).PushAsync(Broken(), Token)) Assert.Equal(1, batch.Count);
        });
        Assert.Equal("line 2", exception.Message);
    }

    [Theory]
    [InlineData(new float[] { 1 }, "1 features")]
    [InlineData(new[] { 1, float.NaN }, "\"y\"")]
    [InlineData(new[] { float.PositiveInfinity, 1 }, "\"x\"")]
    public async Task Enqueue_InvalidEvent_NamesWhatIsWrongBeforeItIsNumbered(float[] features, string message)
    {
        await using var client = await ClientAsync(_service);
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(
            async () => await client.Stream(Name).EnqueueAsync(new StreamEvent(DateTimeOffset.UnixEpoch, features), Token));
        Assert.Equal(ErrorCode.InvalidEvent, exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await client.Stream(Name).ScoreAsync(Event(5), Token)).Sequence);
    }

    [Fact]
    public async Task Enqueue_UnknownStream_SaysWhatToDo()
    {
        await using var client = await ClientAsync(_service);
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(() => client.Stream("other").ScoreAsync(Event(0), Token));
        Assert.Equal(ErrorCode.StreamNotFound, exception.Code);
        Assert.Contains("CreateStreamAsync", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateStream_TransientFailures_Retries()
    {
        _service.Catalog.TransientFailures = 3;
        await using var client = await ClientAsync(_service);
        Assert.Single(await client.ListStreamsAsync(Token));
    }

    [Fact]
    public async Task WatchScores_ServiceFailsMeanwhile_GoesOnByOffset()
    {
        await using var client = await ClientAsync(_service);
        await foreach (var batch in client.Stream(Name).PushAsync(Events(50), Token)) Assert.True(batch.Count > 0);
        _service.Partition(Name).FailingReads = 3;
        var watched = new List<long>();
        await foreach (var score in client.Stream(Name).WatchScoresAsync(5, cancellationToken: Token))
        {
            watched.Add(score.Offset);
            if (watched.Count == 20) _service.Partition(Name).FailingReads = 2;
            if (watched.Count == 45) break;
        }

        Assert.Equal(Enumerable.Range(5, 45).Select(offset => (long)offset), watched);
        Assert.Equal(30, (await client.Stream(Name).GetScoresAsync(10, 30, cancellationToken: Token)).Count);
        Assert.Equal(40, (await client.Stream(Name).GetScoresAsync(10, 1000, cancellationToken: Token)).Count);
    }

    private static async Task<DagmmStreamClient> ClientAsync(FakeGrains service, Action<DagmmStreamClientOptions>? configure = null)
    {
        var options = new DagmmStreamClientOptions { RetryDelay = TimeSpan.Zero, MaxRetryDelay = TimeSpan.FromMilliseconds(1) };
        configure?.Invoke(options);
        var client = new DagmmStreamClient(service, options);
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
