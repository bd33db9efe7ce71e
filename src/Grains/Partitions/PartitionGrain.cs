using DagmmStream.Grains.Decisions;
using DagmmStream.Grains.Explanations;
using DagmmStream.Grains.Inputs;
using DagmmStream.Grains.Rounds;
using DagmmStream.Grains.Training;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Storage;
using DagmmStream.Storage.Scores;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;

namespace DagmmStream.Grains.Partitions;

/// <summary>
/// One partition: admits, scores, journals and acknowledges events, and lets them be learned. Reentrant: while one batch waits for its
/// commit
/// the next is admitted; every change of state happens synchronously, before the first await of a call.
/// </summary>
[Reentrant]
[ActivationCountBasedPlacement]
internal sealed partial class PartitionGrain : Grain, IPartitionGrain, IPartitionDrain, IRoundPartition, IDisposable
{
    private static readonly TimeSpan ConfirmationAge = TimeSpan.FromSeconds(1);
    private readonly PartitionServices _services;
    private readonly ILogger _logger;
    private readonly CheckpointSlots _slots;
    private readonly IPersistentState<LabelState> _labels;
    private readonly SemaphoreSlim _labelling = new(1, 1);
    private readonly ScoreRing _ring;
    private readonly Queue<PendingCommit> _commits = new();
    private readonly CancellationTokenSource _stop = new();
    private PartitionId _id;
    private StreamDefinition _definition = null!;
    private PartitionHandle _handle;
    private PartitionScorer _scorer = null!;
    private PartitionDecision _decision = null!;
    private PartitionExplainer _explainer = null!;
    private PartitionInputs _inputs = null!;
    private TrainingQueue _queue = null!;
    private PartitionTrainer _trainer = null!;
    private CheckpointPolicy _policy = null!;
    private WatermarkTable _watermarks = null!;
    private PartitionRounds? _rounds;
    private string _engine = "";
    private Task _pump = Task.CompletedTask;
    private TaskCompletionSource _scoresArrived = NewSignal();
    private DagmmStreamException? _fault;
    private bool _closing;
    private long _confirmedAt;
    private long _nextOffset;
    private long _newestTime = long.MinValue;
    private long _duplicates;
    private long _refused;
    private long _anomalies;

    public PartitionGrain(
        PartitionServices services,
        [PersistentState("checkpoint-a", CheckpointStorage.Name)] IPersistentState<CheckpointState> first,
        [PersistentState("checkpoint-b", CheckpointStorage.Name)] IPersistentState<CheckpointState> second,
        [PersistentState("labels", CheckpointStorage.Name)] IPersistentState<LabelState> labels,
        [PersistentState("training", CheckpointStorage.Name)] IPersistentState<TrainingHistoryState> training)
    {
        _keptTraining = training;
        _labels = labels;
        _services = services;
        _logger = services.Logger;
        _slots = new CheckpointSlots(first, second);
        _ring = new ScoreRing(() => services.RecentEvents(_inputs.Columns.Width, services.Options.RingCapacity));
    }

    public void Dispose()
    {
        _stop.Dispose();
        _labelling.Dispose();
        _rounds?.Dispose();
    }

    public Task<PushReply> PushAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        try
        {
            BatchValidator.Validate(batch, _definition, _inputs.Columns);
        }
        catch (DagmmStreamException)
        {
            _services.Metrics.Invalid(_id.Stream, batch?.Count ?? 0);
            throw;
        }

        var check = SequenceCheck.Of(_watermarks[batch.Producer], batch.FirstSequence, batch.Count);
        if (check.IsGap) return GapAsync(batch, cancellationToken);
        var fresh = batch.Count - check.Duplicates;
        if (fresh > 0 && RefusalReason(fresh) is { } reason) return Task.FromResult(Refuse(batch, check, reason));
        if (check.Duplicates > 0)
        {
            _duplicates += check.Duplicates;
            _services.Metrics.Duplicate(_id.Stream, check.Duplicates);
        }

        return fresh > 0 ? AdmitAsync(batch, check) : RepeatAsync(batch, check);
    }

    public async Task<PartitionStatus> CheckpointAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        await WhenCommittedAsync();
        await TrainOutAsync(cancellationToken);
        return Status();
    }

    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (_fault is not null) return;
        _closing = true;
        try
        {
            await WhenCommittedAsync().WaitAsync(cancellationToken);
            await TrainOutAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Out of time: the journal keeps what is not learned; write down what is.
            await StopPumpAsync();
            await _trainer.CheckpointAsync();
        }
    }

    private bool IsClosed => _closing || _services.Registry.IsClosed;

    private string? RefusalReason(int fresh)
    {
        if (IsClosed) return "the silo drains; the partition moves on";
        if (!_services.Journal.IsAvailable) return "the store does not answer; what waits for it is tried again";
        if (!_services.Journal.HasRoom) return "the journal's queue is full";
        return _queue.TryReserve(fresh) ? null : $"training lags: {_queue.Pending} events wait, the bound is {_queue.Bound}";
    }

    private PushReply Refuse(EventBatch batch, SequenceCheck check, string reason)
    {
        _refused++;
        _services.Metrics.Refused(_id.Stream, batch.Count);
        return new PushReply
        {
            Outcome = PushOutcome.Refused,
            RetryAfter = IsClosed ? _services.Options.DrainRetryAfter : _services.Options.RetryAfter,
            ExpectedSequence = check.Expected,
            Reason = reason,
        };
    }

    /// <summary>
    /// A client believes this answer and numbers its events anew: an activation that lost the partition and does not know must not give it.
    /// </summary>
    private async Task<PushReply> GapAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        // Batches overtake each other all the time. Nobody takes a partition over from a living silo so fast; for one that was frozen the
        // time has passed. A watermark is asked for once and is always confirmed: what it says too little is taken for duplicates.
        if (_confirmedAt == 0 || _services.Time.GetElapsedTime(_confirmedAt) >= ConfirmationAge)
            await ConfirmOwnershipAsync(cancellationToken);
        var check = SequenceCheck.Of(_watermarks[batch.Producer], batch.FirstSequence, batch.Count);

        // What was missing may have come meanwhile.
        if (!check.IsGap) return await PushAsync(batch, cancellationToken);
        return new PushReply
        {
            Outcome = PushOutcome.SequenceGap,
            ExpectedSequence = check.Expected,
            Reason = $"sequence {batch.FirstSequence} leaves a gap: producer \"{batch.Producer}\" must send {check.Expected} first",
        };
    }

    /// <summary>Numbers, scores and hands over a batch in one go; the first await is the wait for the commit.</summary>
    private async Task<PushReply> AdmitAsync(EventBatch batch, SequenceCheck check)
    {
        var fresh = batch.Count - check.Duplicates;
        var firstOffset = _nextOffset;
        _nextOffset += fresh;
        _watermarks.Advance(batch.Producer, batch.FirstSequence + batch.Count - 1, _nextOffset - 1);
        var rows = new byte[fresh * ScoreBlock.RowBytes];
        var inputs = _inputs.Take(batch, check.Duplicates, firstOffset);
        var begun = _services.Time.GetTimestamp();
        var anomalies = _scorer.Score(batch, check.Duplicates, firstOffset, inputs, rows);
        _services.Metrics.Scored(_services.Time.GetElapsedTime(begun));
        _newestTime = Math.Max(_newestTime, NewestTime(batch));
        var rate = _trainer.Fault is null ? _queue.CurrentRate() : (byte)0;
        var scores = new ScoreBlock(rows);
        List<StoredExplanation> explanations = anomalies == 0 ? [] : ExplainAnomalies(scores, anomalies, inputs.Rows);
        var alerts = _alerts.Observe(scores, anomalies);
        var training = new TrainingBatch
        {
            FirstOffset = firstOffset,
            Count = fresh,
            Producer = batch.Producer,
            FirstSequence = batch.FirstSequence + check.Duplicates,
            SamplingRate = rate,
            Features = rate == 0 && _definition.Inputs.IsPlain ? default : inputs.Journaled,
        };
        var commit = new PendingCommit(training, scores, AppendAsync(training, scores, explanations, alerts, inputs.Journaled));
        _commits.Enqueue(commit);
        await CommitAsync(commit);
        _anomalies += anomalies;
        _services.Metrics.Accepted(_id.Stream, commit.Scores, anomalies);
        return Accepted(batch, check, commit.Scores);
    }

    /// <summary>Events that were accepted before are acknowledged again, but not before they are committed.</summary>
    private async Task<PushReply> RepeatAsync(EventBatch batch, SequenceCheck check)
    {
        await WhenCommittedAsync();
        ThrowIfFaulted();
        return Accepted(batch, check, ScoreBlock.Empty);
    }

    private PushReply Accepted(EventBatch batch, SequenceCheck check, ScoreBlock fresh)
    {
        var scores = fresh;
        if (check.Duplicates > 0)
        {
            var data = new byte[batch.Count * ScoreBlock.RowBytes];
            _ring.CopyOfProducer(batch.Producer, batch.FirstSequence, data, check.Duplicates);
            fresh.Data.CopyTo(data, check.Duplicates * ScoreBlock.RowBytes);
            scores = new ScoreBlock(data);
        }

        return new PushReply
        {
            Outcome = PushOutcome.Accepted,
            Scores = scores,
            Duplicates = check.Duplicates,
            ExpectedSequence = batch.FirstSequence + batch.Count,
        };
    }

    private async Task TrainOutAsync(CancellationToken cancellationToken)
    {
        var barrier = NewSignal();
        if (!_queue.TryEnqueue(new TrainingBatch { Barrier = barrier }))
        {
            throw new DagmmStreamException(
                ErrorCode.Overloaded, "too many requests for a checkpoint wait for this partition; try again later", isTransient: true);
        }

        await barrier.Task.WaitAsync(cancellationToken);
    }

    private void OnLearned(LearnReport report)
    {
        _training.Add(report, _trainer.TrainedOffset + PartitionModel.Of(_definition).Options.ChunkSize);
        if (_rounds is not null) ReportLearned(_rounds);
        Use(report);
    }

    private void Use(LearnReport report)
    {
        if (ReferenceEquals(_scorer.Snapshot, report.Snapshot)) return;
        (_scorer.Snapshot, _scorer.Provisional) = (report.Snapshot, null);
        LogPublished(_id, report.Snapshot!.Version, report.Counters.Accepted);
    }

    private static long NewestTime(EventBatch batch)
    {
        var newest = long.MinValue;
        for (var i = 0; i < batch.Count; i++) newest = Math.Max(newest, EventTimes.Read(batch, i));
        return newest;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
