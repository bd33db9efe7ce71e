using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using DagmmStream.Client.Producing;
using DagmmStream.Client.Transport;

namespace DagmmStream.Client;

/// <summary>A handle to one stream: cheap, thread-safe, shared by all callers of <see cref="DagmmStreamClient.Stream"/>.</summary>
public partial class StreamClient
{
    private readonly DagmmStreamClient _client = null!;
    private readonly ConcurrentDictionary<int, Lazy<PartitionProducer>> _producers = new();
    private StreamDefinition? _definition;
    private DagmmStreamException? _failure;
    private Exception? _handlerFailure;
    private uint _roundRobin;

    internal StreamClient(DagmmStreamClient client, string name) => (_client, Name) = (client, name);

    /// <summary>For mocks.</summary>
    protected StreamClient() => Name = "";

    /// <summary>Raised for every batch whose delivery was given up; events sent by <see cref="ScoreAsync"/> and <see cref="PushAsync"/>
    /// report
    /// their failure to their caller too.</summary>
    public event EventHandler<DeliveryFailedEventArgs>? DeliveryFailed;

    /// <summary>Name of the stream.</summary>
    public virtual string Name { get; }

    /// <summary>Sends one event and returns its verdict. The event is accepted, journaled and learned.</summary>
    /// <param name="item">The event; its features are copied before the call returns.</param>
    /// <param name="cancellationToken">Cancels the wait; an event that was queued is sent all the same.</param>
    /// <returns>The score. After a lost reply the score of the first sending is returned; if it has left the partition's memory by then,
    /// the offset is -1 and the energy NaN: read it with <see cref="GetScoresAsync"/>.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/>, <see cref="ErrorCode.StreamNotFound"/>,
    /// <see cref="ErrorCode.Overloaded"/>, <see cref="ErrorCode.DeliveryTimeout"/>.</exception>
    public virtual async Task<EventScore> ScoreAsync(StreamEvent item, CancellationToken cancellationToken = default)
    {
        var completion = new TaskCompletionSource<EventScore>(TaskCreationOptions.RunContinuationsAsynchronously);
        await OfferAsync(item, completion, cancellationToken);
        return await completion.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Queues one event; completes when it is queued. Failures surface in <see cref="FlushAsync"/> and <see cref="DeliveryFailed"/>.
    /// </summary>
    /// <param name="item">The event; its features are copied before the call returns.</param>
    /// <param name="cancellationToken">Cancels the wait for room.</param>
    /// <returns>Completes when queued.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/>, <see cref="ErrorCode.StreamNotFound"/>,
    /// <see cref="ErrorCode.Overloaded"/>.</exception>
    public virtual ValueTask EnqueueAsync(StreamEvent item, CancellationToken cancellationToken = default) =>
        OfferAsync(item, owner: null, cancellationToken);

    /// <summary>
    /// Sends a sequence of events; every batch is acknowledged with its scores. The source is read no faster than the service takes.
    /// </summary>
    /// <param name="items">The events.</param>
    /// <param name="cancellationToken">Ends the enumeration; what was queued is sent all the same.</param>
    /// <returns>Acknowledgements, in the order of each partition.</returns>
    /// <exception cref="DagmmStreamException">As for <see cref="ScoreAsync"/>; the enumeration ends with the first failure.</exception>
    public virtual async IAsyncEnumerable<PushAcknowledgement> PushAsync(
        IAsyncEnumerable<StreamEvent> items, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var session = new PushSession(_client.Options.QueueCapacity);
        var reading = ReadAsync(items, session, ended.Token);
        try
        {
            await foreach (var acknowledgement in session.Acknowledgements.ReadAllAsync(cancellationToken))
            {
                session.Read(acknowledgement.Count);
                yield return acknowledgement;
            }
        }
        finally
        {
            session.Fail(null);
            await ended.CancelAsync();
            await reading;
        }
    }

    /// <summary>Waits until everything that was queued before is acknowledged.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes when acknowledged.</returns>
    /// <exception cref="DagmmStreamException">The first failure since the last flush.</exception>
    public virtual async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await Task.WhenAll(_producers.Values.Select(producer => producer.Value.FlushAsync(cancellationToken)));
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            throw new DagmmStreamException(
                failure.Code,
                failure.Message,
                failure.IsTransient,
                Interlocked.Exchange(ref _handlerFailure, null) is { } own ? new AggregateException(failure, own) : failure);
    }

    /// <summary>Scores an event with the current snapshot and forgets it: nothing is journaled, learned or counted.</summary>
    /// <param name="features">Feature vector [d].</param>
    /// <param name="partition">The partition whose snapshot scores.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The score; its offset is -1.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/>, <see cref="ErrorCode.StreamNotFound"/>.</exception>
    public virtual async Task<EventScore> ProbeAsync(
        ReadOnlyMemory<float> features, int partition = 0, CancellationToken cancellationToken = default)
    {
        var probe = await ProbeOfAsync(features, cancellationToken);
        var definition = await DescribeAsync(cancellationToken);
        return await CallAsync(partition, (way, id, token) => way.ProbeAsync(id, definition, probe, token), "probing", cancellationToken);
    }

    /// <summary>
    /// Watches a partition's scores as they come; goes on by offset after every failure of the service, without gap or repetition.
    /// </summary>
    /// <param name="fromOffset">First offset wanted; null for the next event.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>Scores by offset, without end.</returns>
    public virtual async IAsyncEnumerable<EventScore> WatchScoresAsync(
        long? fromOffset = null, int partition = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var offset = fromOffset ?? (await GetStatusAsync(partition, cancellationToken)).Accepted;
        await using var watch = new ScoreWatch(_client, new PartitionId(Name, partition), offset);
        while (true)
        {
            var page = await watch.NextAsync(cancellationToken);
            for (var i = 0; i < page.Scores.Count; i++) yield return page.Scores[i];
        }
    }

    /// <summary>Reads scores of accepted events.</summary>
    /// <param name="fromOffset">First offset wanted.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Scores by offset; fewer than asked for at the end of the stream, later ones where old scores are no longer kept.</returns>
    public virtual async Task<IReadOnlyList<EventScore>> GetScoresAsync(
        long fromOffset, int count, int partition = 0, CancellationToken cancellationToken = default)
    {
        var scores = new List<EventScore>(Math.Min(count, 1024));
        while (scores.Count < count)
        {
            var (from, wanted) = (fromOffset, count - scores.Count);
            var page = await CallAsync(
                partition, (way, id, token) => way.ReadScoresAsync(id, from, wanted, token), "reading scores", cancellationToken);
            for (var i = 0; i < page.Scores.Count; i++) scores.Add(page.Scores[i]);
            if (page.NextOffset <= fromOffset) break;
            fromOffset = page.NextOffset;
        }

        return scores;
    }

    /// <summary>The snapshot that scores.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The description.</returns>
    public virtual Task<ModelDescription> GetModelAsync(int partition = 0, CancellationToken cancellationToken = default) =>
        CallAsync(partition, (way, id, token) => way.GetModelAsync(id, token), "describing the model", cancellationToken);

    /// <summary>Changes of the stream that the learner has noticed, oldest first: at most the latest 16, also over restarts.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The changes; empty while nothing was noticed.</returns>
    public virtual Task<ImmutableArray<DriftNotice>> GetDriftsAsync(int partition = 0, CancellationToken cancellationToken = default) =>
        CallAsync(partition, (way, id, token) => way.GetDriftsAsync(id, token), "reading the drifts", cancellationToken);

    /// <summary>Counters and state of a partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The status.</returns>
    public virtual Task<PartitionStatus> GetStatusAsync(int partition = 0, CancellationToken cancellationToken = default) =>
        CallAsync(partition, (way, id, token) => way.GetStatusAsync(id, token), "reading the status", cancellationToken);

    /// <summary>A producer's watermark.</summary>
    /// <param name="producer">Name of the producer.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The highest sequence accepted without a gap; -1 for an unknown producer.</returns>
    public virtual Task<long> GetWatermarkAsync(string producer, int partition = 0, CancellationToken cancellationToken = default) =>
        CallAsync(partition, (way, id, token) => way.GetWatermarkAsync(id, producer, token), "reading the watermark", cancellationToken);

    /// <summary>Trains what is queued up to the last full chunk, and writes a checkpoint.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The status afterwards.</returns>
    public virtual Task<PartitionStatus> CheckpointAsync(int partition = 0, CancellationToken cancellationToken = default) =>
        CallAsync(partition, (way, id, token) => way.CheckpointAsync(id, token), "writing a checkpoint", cancellationToken);

    /// <summary>The stream's definition, read once.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>.</exception>
    public virtual async ValueTask<StreamDefinition> DescribeAsync(CancellationToken cancellationToken = default)
    {
        if (_definition is { } known) return known;
        return _definition = await _client.FindStreamAsync(Name, cancellationToken) ?? throw new DagmmStreamException(
            ErrorCode.StreamNotFound, $"there is no stream \"{Name}\"; create it with CreateStreamAsync and its feature names first");
    }

    internal async ValueTask DisposeProducersAsync()
    {
        foreach (var producer in _producers.Values) await producer.Value.DisposeAsync();
    }

    private async Task ReadAsync(IAsyncEnumerable<StreamEvent> items, PushSession session, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in items.WithCancellation(cancellationToken))
            {
                await session.AddAsync(cancellationToken);
                await OfferAsync(item, session, cancellationToken);
            }

            session.Release(1);
        }
        catch (Exception error)
        {
            session.Fail(error);
        }
    }

    private async ValueTask OfferAsync(StreamEvent item, object? owner, CancellationToken cancellationToken)
    {
        // Before the first await: the caller may reuse the array when the call returns.
        if (_definition is null)
        {
            item = new StreamEvent(item.Timestamp, item.Features.ToArray(), item.Key)
            {
                IsBackFill = item.IsBackFill, Categories = item.Categories.ToArray(),
            };
        }


        var definition = _definition ?? await DescribeAsync(cancellationToken);
        EventCheck.ThrowIfInvalid(definition, item);
        await Producer(definition, item.Key).EnqueueAsync(item, owner, cancellationToken);
    }

    private PartitionProducer Producer(StreamDefinition definition, string? key)
    {
        var partition = key is null
            ? (int)(Interlocked.Increment(ref _roundRobin) % (uint)definition.Partitions)
            : KeyRouter.Partition(key, definition.Partitions);
        return _producers.GetOrAdd(partition, number => new Lazy<PartitionProducer>(() => new PartitionProducer(new PartitionContext(
            new PartitionId(Name, number), definition, _client.Transport, _client.Options, _client.Retry, _client.Time, OnFailed)))).Value;
    }

    private void OnFailed(DeliveryFailedEventArgs failed)
    {
        Interlocked.CompareExchange(ref _failure, failed.Error, null);
        try
        {
            DeliveryFailed?.Invoke(this, failed);
        }
        catch (Exception error)
        {
            // A handler's mistake must not stop the producer; the next flush tells it, inside the failure that it was told of.
            Interlocked.CompareExchange(ref _handlerFailure, error, null);
        }
    }

    private Task<T> CallAsync<T>(
        int partition, Func<IServiceTransport, PartitionId, CancellationToken, Task<T>> call, string what,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        var id = new PartitionId(Name, partition);
        return _client.Retry.CallAsync(token => call(_client.Transport, id, token), $"{what} of stream \"{Name}\"", cancellationToken);
    }
}
