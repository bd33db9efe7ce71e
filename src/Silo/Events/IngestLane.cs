using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using DagmmStream.Client.Producing;
using DagmmStream.Silo.Api;
using Polly;
using Polly.Retry;

namespace DagmmStream.Silo.Events;

/// <summary>
/// The events of one request on their way to one partition: full batches are sent one after the other, while the next one is filled. What a
/// partition refuses is offered again until the patience is over.
/// </summary>
internal sealed class IngestLane
{
    private const int Events = EventBatch.MaxEvents;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);
    private readonly IPartitionGrain _grain;
    private readonly IngestSession _session;
    private readonly ResiliencePipeline<PushReply> _offers;
    private readonly int _width;
    private byte[] _features = [];
    private byte[] _times = [];
    private byte[]? _marks;
    private CategoryCells _cells;
    private int _count;
    private Task _sending = Task.CompletedTask;

    public IngestLane(
        IPartitionGrain grain, int partition, ProducerLease producer, IngestSession session, ResiliencePipeline<PushReply> offers)
    {
        (_grain, Partition, Producer, _session, _offers) = (grain, partition, producer, session, offers);
        _width = session.Definition.Features.Length;
        Renew();
    }

    /// <summary>The partition's number.</summary>
    public int Partition { get; }

    /// <summary>The producer as it stands after the last acknowledged batch.</summary>
    public ProducerLease Producer { get; private set; }

    /// <summary>How refused batches are offered again: until the patience is over, with what the partition said to wait.</summary>
    public static ResiliencePipeline<PushReply> Offers(TimeSpan patience, TimeProvider time) => new ResiliencePipelineBuilder<PushReply>
    {
        TimeProvider = time,
    }.AddRetry(new RetryStrategyOptions<PushReply>
    {
        MaxRetryAttempts = int.MaxValue,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = FirstDelay,
        MaxDelay = LongestDelay,
        ShouldHandle = args => new ValueTask<bool>(
            (args.Outcome.Result is { Outcome: PushOutcome.Refused } || IsTransient(args.Outcome.Exception))
            && time.GetElapsedTime(args.Context.Properties.GetValue(Begun, 0L)) < patience),
        DelayGenerator = args => new ValueTask<TimeSpan?>(
            args.Outcome.Result is { Outcome: PushOutcome.Refused } refused && refused.RetryAfter > TimeSpan.Zero
                ? refused.RetryAfter : null),
    }).Build();

    /// <summary>Takes an event; waits when a full batch must go and the one before is still on its way.</summary>
    public ValueTask AddAsync(EventRow row, long time, CancellationToken cancellationToken)
    {
        var features = MemoryMarshal.Cast<byte, float>(_features.AsSpan());
        row.Features.CopyTo(features[(_count * _width)..]);
        if (_cells.Any) _cells.Write(row.Categories, features.Slice(_count * _width, _width));
        if (row.IsBackFill || _session.IsBackFill) (_marks ??= new byte[Events])[_count] = (byte)EventMarks.BackFill;
        MemoryMarshal.Cast<byte, long>(_times.AsSpan())[_count] = time;
        return ++_count < Events ? ValueTask.CompletedTask : new ValueTask(SendAsync(cancellationToken));
    }

    /// <summary>Sends what is there, and waits until all of it is acknowledged.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_count > 0) await SendAsync(cancellationToken);
        await _sending;
    }

    /// <summary>Waits for what is on its way; what is gathered stays here.</summary>
    public Task SettleAsync() => _sending;

    private static readonly ResiliencePropertyKey<long> Begun = new("dagmm.begun");

    private static bool IsTransient(Exception? error) =>
        error is DagmmStreamException { IsTransient: true } or Orleans.Runtime.OrleansException or TimeoutException;

    [MemberNotNull(nameof(_cells))]
    private void Renew()
    {
        // The grain keeps what it is given: a sent array is never used again.
        _features = new byte[Events * _width * sizeof(float)];
        _times = new byte[Events * sizeof(long)];
        _marks = null;
        _cells = new CategoryCells(_session.Definition);
        _count = 0;
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        var batch = new EventBatch
        {
            Producer = "",
            FirstSequence = 0,
            Count = _count,
            Features = Cut(_features, _count * _width * sizeof(float)),
            Times = Cut(_times, _count * sizeof(long)),
            Marks = _marks is null ? null : Cut(_marks, _count),
            Names = _cells.Any ? _cells.Names : null,
        };
        Renew();
        await _sending;
        _sending = PushAsync(batch, cancellationToken);
    }

    private static byte[] Cut(byte[] full, int length) => full.Length == length ? full : full[..length];

    private async Task PushAsync(EventBatch content, CancellationToken cancellationToken)
    {
        EventBatch Batch() => new()
        {
            Producer = Producer.Name, FirstSequence = Producer.Next, Count = content.Count, Features = content.Features,
            Times = content.Times, Marks = content.Marks, Names = content.Names,
        };
        var reply = await OfferAsync(Batch(), cancellationToken);
        if (reply.Outcome == PushOutcome.SequenceGap && !_session.NamesItsProducer)
        {
            // The partition has forgotten a borrowed name, and has accepted nothing under it now: a fresh one starts at 0.
            Producer = ProducerPool.New();
            reply = await OfferAsync(Batch(), cancellationToken);
        }

        if (reply.Outcome == PushOutcome.SequenceGap) throw Gap(reply);
        if (reply.Outcome == PushOutcome.Refused) throw Overloaded(reply);
        Producer = Producer with { Next = Producer.Next + content.Count };
        _session.Acknowledge(Partition, reply.Scores!, reply.Duplicates);
    }

    private async Task<PushReply> OfferAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(Begun, _session.Time.GetTimestamp());
            return await _offers.ExecuteAsync(
                static async (context, call) => await call.Grain.PushAsync(call.Batch, context.CancellationToken), context,
                (Grain: _grain, Batch: batch));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ApiException Gap(PushReply reply)
    {
        var problem = new ApiException(
            StatusCodes.Status409Conflict, "sequence-gap", "The producer's sequence leaves a gap",
            $"{reply.Reason}; repeat the request with sequence {reply.ExpectedSequence}, or under a new producer name");
        problem.Extensions["expectedSequence"] = reply.ExpectedSequence;
        return problem;
    }

    private static ApiException Overloaded(PushReply reply) => new(
        StatusCodes.Status429TooManyRequests, "overloaded", "The service is full",
        $"{reply.Reason}; what was accepted before stays accepted: repeat the whole request under its idempotency key, or the rest of it")
    {
        RetryAfter = reply.RetryAfter,
    };
}
