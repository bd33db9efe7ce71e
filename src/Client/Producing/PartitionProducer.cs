using System.Buffers;
using System.Threading.Channels;

namespace DagmmStream.Client.Producing;

/// <summary>
/// Sends one handle's events to one partition: a bounded Channel, batches numbered without gaps, a few in flight, everything kept until it
/// is
/// acknowledged. A lost reply, a refusal or a restart of the service is answered by sending again; the service recognises what it has.
/// </summary>
internal sealed class PartitionProducer : IAsyncDisposable
{
    private readonly PartitionContext _context;
    private readonly Channel<QueuedEvent> _queue;
    private readonly SemaphoreSlim _window;
    private readonly CancellationTokenSource _abandon = new();
    private readonly Lock _lingering = new(); // Guards the linger against being cut short while it is disposed.
    private CancellationTokenSource? _linger;
    private readonly Task _sending;

    public PartitionProducer(PartitionContext context)
    {
        _context = context;
        _window = new SemaphoreSlim(context.Options.MaxInFlight, context.Options.MaxInFlight);
        _queue = Channel.CreateBounded<QueuedEvent>(
            new BoundedChannelOptions(context.Options.QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

        // Who happens to push first is not the cause of all later batches: their spans begin traces of their own.
        using (ExecutionContext.SuppressFlow()) _sending = Task.Run(SendAsync);
    }

    private DagmmStreamClientOptions Options => _context.Options;

    private int Width => _context.Definition.Features.Length;

    /// <summary>True if nothing is in flight; the batch being collected holds one place of the window.</summary>
    private bool IsIdle => _window.CurrentCount >= Options.MaxInFlight - 1;

    /// <summary>Queues an event, copying its features.</summary>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.Overloaded"/> with <see cref="QueueFullMode.Fail"/>.</exception>
    public ValueTask EnqueueAsync(in StreamEvent item, object? owner, CancellationToken cancellationToken)
    {
        var features = ArrayPool<float>.Shared.Rent(Width);
        item.Features.Span.CopyTo(features);

        // The caller may reuse its array: what is queued is a copy.
        var categories = item.Categories.IsEmpty ? null : item.Categories.ToArray();
        var queued = new QueuedEvent(features, item.Microseconds, owner, item.IsBackFill, categories);
        return EnqueueAsync(queued, cancellationToken);
    }

    /// <summary>Completes when everything queued before is acknowledged or has failed.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new QueuedEvent(null, 0, reached), cancellationToken);
        await reached.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Sends what is queued, within the delivery timeout, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _abandon.CancelAfter(Options.DeliveryTimeout);
        await _sending;
        _abandon.Dispose();
        _window.Dispose();
    }

    private async ValueTask EnqueueAsync(QueuedEvent queued, CancellationToken cancellationToken)
    {
        if (!_queue.Writer.TryWrite(queued))
        {
            if (Options.QueueFullMode == QueueFullMode.Fail)
            {
                ArrayPool<float>.Shared.Return(queued.Features!);
                throw new DagmmStreamException(
                    ErrorCode.Overloaded,
                    $"the queue of partition {_context.Partition} is full ({Options.QueueCapacity} events): "
                    + "send slower, raise QueueCapacity, or use QueueFullMode.Wait",
                    isTransient: true);
            }

            try
            {
                await _queue.Writer.WriteAsync(queued, cancellationToken);
            }
            catch (ChannelClosedException)
            {
                throw new ObjectDisposedException(
                    nameof(DagmmStreamClient), "the client is disposed: create events before, or use a new client");
            }
        }

        ClientTelemetry.QueueChanged(1);
    }

    private async Task SendAsync()
    {
        var producer = Options.ProducerId ?? Guid.NewGuid().ToString("N");
        var previous = Task.FromResult(new ProducerPosition(producer, 0));
        ProducerPosition? next = null;
        var events = new List<QueuedEvent>(Options.BatchSize);
        while (await _queue.Reader.WaitToReadAsync())
        {
            await _window.WaitAsync();
            var marker = await CollectAsync(events);
            if (events.Count == 0)
            {
                _window.Release();
            }
            else
            {
                next = previous.IsCompleted && next is not null ? await previous : next ?? await StartAsync(producer);
                if (previous.IsCompleted) previous = Task.FromResult(next.Value);
                var batch = new OutgoingBatch(next.Value, previous, events, _context.Definition);
                foreach (var item in events) ArrayPool<float>.Shared.Return(item.Features!);
                events.Clear();
                (previous, next) = (batch.Finished, batch.ExpectedEnd);
                _ = DeliverAsync(batch);
            }

            if (marker is not null) _ = SignalAsync(previous, marker);
        }

        await previous;
    }

    private static async Task SignalAsync(Task<ProducerPosition> previous, TaskCompletionSource marker)
    {
        await previous;
        marker.TrySetResult();
    }

    /// <summary>Takes what is queued; while other batches are in flight it lingers for more, else it sends at once.</summary>
    private async Task<TaskCompletionSource?> CollectAsync(List<QueuedEvent> events)
    {
        CancellationTokenSource? linger = null;
        try
        {
            while (events.Count < Options.BatchSize)
            {
                if (_queue.Reader.TryRead(out var item))
                {
                    if (item.Features is null) return (TaskCompletionSource)item.Owner!;
                    events.Add(item);
                    continue;
                }

                if (IsIdle || events.Count == 0 || Options.Linger == TimeSpan.Zero) break;
                if (linger is null)
                {
                    // Look again afterwards: the last batch may have come back before the linger could be cut short.
                    linger = new CancellationTokenSource(Options.Linger, _context.Time);
                    lock (_lingering) _linger = linger;
                    continue;
                }

                if (!await _queue.Reader.WaitToReadAsync(linger.Token)) break;
            }
        }
        catch (OperationCanceledException)
        {
            // The linger is over: what is there goes.
            return null;
        }
        finally
        {
            lock (_lingering) _linger = null;
            linger?.Dispose();
        }

        return null;
    }

    /// <summary>Asks the partition where this producer stands; a fresh name stands at 0 and needs no question.</summary>
    private async Task<ProducerPosition> StartAsync(string producer)
    {
        if (Options.ProducerId is null) return new ProducerPosition(producer, 0);
        try
        {
            var watermark = await _context.Retry.CallUntilReachedAsync(
                token => _context.Transport.GetWatermarkAsync(_context.Partition, producer, token),
                "reading the watermark",
                _abandon.Token);
            return new ProducerPosition(producer, watermark + 1);
        }
        catch (Exception error) when (error is DagmmStreamException or OperationCanceledException)
        {
            // The batch itself will meet the same error and report it to its owners.
            return new ProducerPosition(producer, 0);
        }
    }

    private async Task DeliverAsync(OutgoingBatch batch)
    {
        var end = batch.ExpectedEnd;
        try
        {
            end = await DeliverUntilFinishedAsync(batch);
        }
        finally
        {
            ClientTelemetry.QueueChanged(-batch.Count);
            _window.Release();
            lock (_lingering)
                if (IsIdle) _linger?.Cancel();

            // Last: once the last batch is finished, the producer may be disposed.
            batch.Finish(end);
        }
    }

    private async Task<ProducerPosition> DeliverUntilFinishedAsync(OutgoingBatch batch)
    {
        var started = _context.Time.GetTimestamp();
        using var activity = ClientTelemetry.Activities.StartActivity("dagmm.push");
        activity?.SetTag("dagmm.partition", _context.Partition.ToString());
        activity?.SetTag("dagmm.events", batch.Count);
        var attempts = 0;
        var deadline = started + _context.Retry.Ticks(Options.DeliveryTimeout);
        SendResult result;
        try
        {
            result = await _context.Retry.DeliverAsync(() => TryOnceAsync(batch, attempts++, deadline), deadline, _abandon.Token);
        }
        catch (OperationCanceledException error)
        {
            // The client was disposed and the delivery timeout has passed since.
            result = new SendResult(SendStatus.Transient, null, error);
        }

        if (result.Status != SendStatus.Accepted) return await FailAsync(batch, result);
        var reply = result.Reply!;
        ClientTelemetry.Acknowledged(batch.Count - reply.Duplicates, reply.Duplicates, _context.Time.GetElapsedTime(started));

        // Replies overtake each other on their way back; their owners are told in the order of the events.
        await batch.Predecessor;
        Acknowledgements.Complete(batch, reply, _context.Partition.Partition);
        return batch.ExpectedEnd;
    }

    private async Task<SendResult> TryOnceAsync(OutgoingBatch batch, int attempt, long deadline)
    {
        if (attempt > 0) await batch.FollowAsync();
        try
        {
            // The wait ends here: handing a token over would only add a registration per batch, and it cancels no work.
            var rest = _context.Time.GetElapsedTime(_context.Time.GetTimestamp(), deadline);
            if (rest <= TimeSpan.Zero) throw new TimeoutException("the delivery timeout passed");
            var sending = _context.Transport.PushAsync(
                _context.Partition, _context.Definition, batch.ToMessage(), CancellationToken.None);
            var result = SendResult.From(await sending.WaitAsync(rest, _context.Time, _abandon.Token));
            if (result.Status == SendStatus.Gap) batch.OnGap(attempt > 0);
            if (result.Status != SendStatus.Accepted) ClientTelemetry.Retried(result.Status == SendStatus.Gap ? "gap" : "refused");
            return result;
        }
        catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
        {
            batch.IsUncertain = true;
            throw;
        }
        catch (Exception error)
        {
            var result = SendResult.From(error);
            if (result.Status == SendStatus.Transient)
            {
                batch.IsUncertain = true;
                ClientTelemetry.Retried("transient");
            }

            return result;
        }
    }

    /// <summary>
    /// Gives a batch up. Where the service said that nothing of it was accepted, the next batch takes its numbers. Where a reply was lost
    /// nobody
    /// knows: the numbers are burnt, and the next batch goes on under a new name, so that nothing new is ever taken for a duplicate.
    /// </summary>
    private async Task<ProducerPosition> FailAsync(OutgoingBatch batch, SendResult result)
    {
        var start = await batch.Predecessor;
        var error = result.Status == SendStatus.Final
            ? RetryPolicy.Wrap(result.Error!, $"pushing to partition {_context.Partition}")
            : new DagmmStreamException(
                ErrorCode.DeliveryTimeout,
                $"partition {_context.Partition} did not acknowledge {batch.Count} events within {Options.DeliveryTimeout} "
                + $"({result.Reply?.Reason ?? result.Error?.Message}); they may or may not have been accepted: "
                + "check the service, then send them again",
                isTransient: true,
                result.Error);
        ClientTelemetry.Failed(batch.Count);
        Acknowledgements.Fail(batch, error);
        _context.Failed(new DeliveryFailedEventArgs(_context.Partition, batch.Count, error));
        var isCertain = result.Status != SendStatus.Transient && !batch.IsUncertain && batch.Start == start;
        return isCertain ? start : ProducerPosition.NewName();
    }
}
