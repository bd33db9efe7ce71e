using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace DagmmStream.Client.Tests.Fakes;

/// <summary>
/// A partition with the service's rules: watermarks, gaps, duplicates, all or nothing. The first feature of an event is its name.
/// </summary>
internal sealed class FakePartition(FakeGrains service) : IPartitionGrain
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _watermarks = [];
    private readonly Dictionary<(string Producer, long Sequence), EventScore> _scores = [];
    private readonly List<EventScore> _accepted = [];

    /// <summary>First features of the accepted events, in offset order.</summary>
    public List<float> Values { get; } = [];

    /// <summary>Sizes of the batches that arrived, in order.</summary>
    public List<int> BatchSizes { get; } = [];

    public HashSet<string> Producers => [.. _watermarks.Keys];

    /// <summary>Set to hold every push until it completes.</summary>
    public TaskCompletionSource? Hold { get; set; }

    /// <summary>Reads of scores that fail before one succeeds.</summary>
    public int FailingReads { get; set; }

    /// <summary>Completes when the first push has arrived.</summary>
    public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Loses all watermarks, as a partition kept in memory does in a crash.</summary>
    public void Forget()
    {
        lock (_lock) _watermarks.Clear();
    }

    public async Task<PushReply> PushAsync(EventBatch batch, CancellationToken cancellationToken = default)
    {
        lock (_lock) BatchSizes.Add(batch.Count);
        Arrived.TrySetResult();
        if (Hold is { } hold) await hold.Task;
        await Task.Yield();
        switch (service.Fault(batch))
        {
            case FaultKind.LostRequest: throw new TimeoutException("no answer in time");
            case FaultKind.Rejected: throw new Orleans.Runtime.SiloUnavailableException("the silo is gone");
            case FaultKind.Refused:
                return new PushReply { Outcome = PushOutcome.Refused, RetryAfter = TimeSpan.FromMilliseconds(1), Reason = "no room" };
            case FaultKind.Final: throw new DagmmStreamException(ErrorCode.InvalidBatch, "this batch is not for us");
            case FaultKind.LostReply:
                Accept(batch);
                throw new TimeoutException("no answer in time");
            case FaultKind.Cancelled:
                Accept(batch);
                throw new OperationCanceledException("the directory gave up");
            default: return Accept(batch);
        }
    }

    public Task<ScoreBlock> ProbeAsync(ProbeEvent probe, CancellationToken cancellationToken = default) =>
        Task.FromResult(ScoreBlock.From([Score(-1, 0, -1, MemoryMarshal.Read<float>(probe.Features))]));

    public Task<EventExplanation> ExplainAsync(long offset, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("no explanation");

    public Task<EventExplanation> ExplainProbeAsync(ProbeEvent probe, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("no explanation");

    public Task<FeedbackState> LabelAsync(long offset, FeedbackLabel? label, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("no labels");

    public Task<FeedbackState> GetFeedbackAsync(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("no labels");

    public Task<ScorePage> ReadScoresAsync(long fromOffset, int maxCount, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (FailingReads-- > 0) throw new TimeoutException("no answer in time");
            var page = _accepted.Skip((int)fromOffset).Take(Math.Min(maxCount, 7)).ToArray();
            return Task.FromResult(
                new ScorePage { Scores = ScoreBlock.From(page), NextOffset = fromOffset + page.Length, FirstOffset = 0 });
        }
    }

    public Task<long> GetWatermarkAsync(string producer, CancellationToken cancellationToken = default)
    {
        lock (_lock) return Task.FromResult(_watermarks.GetValueOrDefault(producer, -1));
    }

    public Task<PartitionStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("no status");

    public Task<TrainingCurve> GetTrainingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<DriftNotice>> GetDriftsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LatentSpace> GetLatentAsync(int member, int maxEvents, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ModelDescription> GetModelAsync(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("no model");

    public Task<PartitionStatus> CheckpointAsync(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("no state");

    public Task DeleteAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    private PushReply Accept(EventBatch batch)
    {
        lock (_lock)
        {
            var expected = _watermarks.GetValueOrDefault(batch.Producer, -1) + 1;
            if (batch.FirstSequence > expected)
                return new PushReply { Outcome = PushOutcome.SequenceGap, ExpectedSequence = expected, Reason = "gap" };
            var width = batch.Features.Length / sizeof(float) / batch.Count;
            var values = MemoryMarshal.Cast<byte, float>(batch.Features);
            var scores = new EventScore[batch.Count];
            for (var i = 0; i < batch.Count; i++)
            {
                var sequence = batch.FirstSequence + i;
                if (sequence >= expected)
                {
                    var score = Score(_accepted.Count, EventTimes.Read(batch, i), sequence, values[i * width]);
                    Values.Add(values[i * width]);
                    _accepted.Add(score);
                    _scores[(batch.Producer, sequence)] = score;
                    _watermarks[batch.Producer] = sequence;
                }

                scores[i] = _scores[(batch.Producer, sequence)];
            }

            return new PushReply
            {
                Outcome = PushOutcome.Accepted,
                Scores = ScoreBlock.From(scores),
                Duplicates = (int)Math.Min(batch.Count, expected - batch.FirstSequence),
                ExpectedSequence = batch.FirstSequence + batch.Count,
            };
        }
    }

    private static EventScore Score(long offset, long time, long sequence, float value) =>
        new(offset, time, sequence, value, value, 0.5, Verdict.Normal, 1);
}
