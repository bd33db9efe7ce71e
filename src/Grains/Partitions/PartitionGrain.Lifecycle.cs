using DagmmStream.Grains.Alerts;
using DagmmStream.Grains.Decisions;
using DagmmStream.Grains.Explanations;
using DagmmStream.Grains.Inputs;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training;
using DagmmStream.Storage.Journal;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;

namespace DagmmStream.Grains.Partitions;

/// <content>Activation, deactivation and stepping down.</content>
internal sealed partial class PartitionGrain
{
    /// <summary>How many scores are read back from the store at once.</summary>
    private const int HistoryPage = 1024;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = PartitionId.Parse(this.GetPrimaryKeyString());
        try
        {
            await RestoreAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Callers get this exception itself, not a runtime's rejection: the activation lives to answer them, then goes.
            _fault = exception as DagmmStreamException ?? new DagmmStreamException(
                exception is EngineUnavailableException ? ErrorCode.EngineUnavailable : ErrorCode.StoreUnavailable,
                $"partition {_id} cannot start: {exception.Message}",
                isTransient: exception is not EngineUnavailableException);
            if (_fault.Code != ErrorCode.StreamNotFound) LogActivationFailed(exception, _id);
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Close();
        _services.Metrics.Hide(_id);
        await StopPumpAsync();
        if (_fault is null)
        {
            try
            {
                var state = await _trainer.FinishAsync();
                await KeepTrainingAsync(isLast: true);
                if (reason.ReasonCode == DeactivationReasonCode.Migrating && _policy.Offset > 0) _slots.Carry(state);
            }
            catch (Exception exception)
            {
                // The journal has what this checkpoint would have covered.
                LogCheckpointFailed(exception, _id);
            }
        }

        _services.Registry.Remove(_id);
    }

    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        if (_fault is not null && _fault.Code != ErrorCode.StoreDamaged && _fault.Code != ErrorCode.StoreVersion) throw _fault;
        _closing = true;
        _fault ??= new DagmmStreamException(ErrorCode.StreamNotFound, $"stream \"{_id.Stream}\" was deleted");
        await StopPumpAsync();
        await _services.Journal.DeleteAsync(_handle, cancellationToken);
        await _slots.ClearAsync();
        if (_labels.RecordExists) await _labels.ClearStateAsync(cancellationToken);
        if (_keptTraining.RecordExists) await _keptTraining.ClearStateAsync(cancellationToken);
        DeactivateOnIdle();
    }

    public async Task HandOverAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        if (_fault is null && _definition.Durability == Durability.InMemory) await DrainAsync(cancellationToken);
        await MoveAsync(silo);
    }

    public Task MoveAsync(SiloAddress silo)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        MigrateOnIdle();
        Close();
        return Task.CompletedTask;
    }

    /// <summary>Nothing is admitted from now on, and readers who wait for scores are sent to the next activation.</summary>
    private void Close()
    {
        _closing = true;
        _scoresArrived.TrySetResult();
    }

    private async Task RestoreAsync(CancellationToken cancellationToken)
    {
        _definition = await _services.Catalog.FindAsync(_id.Stream, cancellationToken)
            ?? throw new DagmmStreamException(
                ErrorCode.StreamNotFound, $"there is no stream \"{_id.Stream}\"; create it with its feature names first");
        if (_id.Partition < 0 || _id.Partition >= _definition.Partitions)
        {
            throw new DagmmStreamException(
                ErrorCode.StreamNotFound, $"stream \"{_id.Stream}\" has {_definition.Partitions} partitions; there is no {_id.Partition}");
        }

        _handle = await _services.Journal.OpenAsync(_id, cancellationToken);
        var (spec, options) = PartitionModel.Of(_definition);
        var engine = _services.Engines.Select(_definition.Engine, spec);
        var start = await LoadAsync(spec, options, engine);
        await JoinRoundsAsync(start, cancellationToken);
        _engine = engine.Name;
        _watermarks = start.Watermarks.Clone();
        _nextOffset = start.Offset;
        _queue = new TrainingQueue(_definition.TrainingQueueCapacity, _definition.Learning);
        var columns = new InputColumns(_definition);
        _decision = new PartitionDecision(_definition, columns);
        _decision.Use(_labels.State.Labels);
        _scorer = new PartitionScorer(new ParameterLayout(spec), _decision) { Snapshot = start.Learner.Snapshot };
        _inputs = new PartitionInputs(
            columns, EncoderOf(columns, start),
            new RecentInputs(columns.Width, () => _services.RecentEvents(columns.Width, _services.Options.ExplainableEvents)));
        _explainer = new PartitionExplainer(_inputs, _services.Explanations);
        var isJournaled = _definition.Durability == Durability.Journaled;
        var replay = isJournaled ? await ReplayAsync(start.Offset, cancellationToken) : [];
        if (!isJournaled) await _services.History.ForgetFromAsync(_handle, _nextOffset, cancellationToken);
        await RefillRingAsync(cancellationToken);
        _alerts = await PartitionAlerts.RestoreAsync(_handle, _services, _nextOffset, cancellationToken);
        _policy = new CheckpointPolicy(
            _slots, isJournaled ? _services.Journal : null, _handle,
            (_definition.CheckpointInterval, _services.Options.CheckpointSteps, _services.Time), start.Offset, OnCheckpointFailed);
        _trainer = new PartitionTrainer(
            start, EncoderOf(columns, start), PartitionModel.Seed(_definition, _id.Partition), _queue, _services, _policy, _rounds)
        {
            Learned = OnLearned,
            Adopted = Use,
            Provisional = snapshot => _scorer.Provisional = snapshot,
            Faulted = exception => LogTrainingFailed(exception, _id),
        };
        RestoreTraining(start);
        _services.Registry.Add(_id);
        _services.Metrics.Show(_id, Reading);
        LogActivated(_id, _nextOffset, start.Offset, _engine);
        _pump = PumpAsync(replay);
        var interval = _services.Options.RetentionInterval;
        this.RegisterGrainTimer(DeleteOldScoresAsync, new GrainTimerCreationOptions(interval, interval) { Interleave = true });
    }

    // Admission and training each have their own: they stand at different offsets.
    private InputEncoder? EncoderOf(InputColumns columns, PartitionCheckpoint start) =>
        _definition.Inputs.IsPlain ? null : InputEncoder.Of(columns, start.Inputs);

    private async Task<PartitionCheckpoint> LoadAsync(ModelSpec spec, LearnerOptions options, ITrainingEngine engine)
    {
        var limit = _services.Options.MaxProducers;
        return await _slots.LoadAsync(
            payload => PartitionCheckpoint.Decode(payload, spec, options, engine, limit, new InputColumns(_definition)),
            exception => LogDamaged(exception, _id))
            ?? new PartitionCheckpoint
            {
                Learner = new StreamLearner(spec, options, engine, PartitionModel.Seed(_definition, _id.Partition)),
                Watermarks = new WatermarkTable(limit),
                Offset = 0,
                NotLearned = 0,
            };
    }

    /// <summary>
    /// Reads what was acknowledged but is in no checkpoint: watermarks and offsets go on from there, training takes it first.
    /// </summary>
    private async Task<Queue<TrainingBatch>> ReplayAsync(long fromOffset, CancellationToken cancellationToken)
    {
        var replay = new Queue<TrainingBatch>();
        await foreach (var record in _services.Journal.ReadAsync(_handle, fromOffset, cancellationToken))
        {
            if (record.FirstOffset > _nextOffset)
            {
                throw new DagmmStreamException(
                    ErrorCode.StoreDamaged,
                    $"the journal of partition {_id} goes on at offset {record.FirstOffset}, expected {_nextOffset}; "
                    + "restore the store from a backup");
            }

            var next = record.FirstOffset + record.Count;
            _inputs.Replay(record, _nextOffset);
            if (next <= _nextOffset) continue;
            _queue.Reserve((int)(next - _nextOffset));
            _nextOffset = next;
            _watermarks.Advance(record.Producer, record.FirstSequence + record.Count - 1, next - 1);
            replay.Enqueue(new TrainingBatch
            {
                FirstOffset = record.FirstOffset,
                Count = record.Count,
                Producer = record.Producer,
                FirstSequence = record.FirstSequence,
                SamplingRate = record.SamplingRate,
                Features = record.SamplingRate == 0 && _definition.Inputs.IsPlain ? default : record.Features,
            });
        }

        return replay;
    }

    private async Task RefillRingAsync(CancellationToken cancellationToken)
    {
        var (first, next) = await _services.History.GetRangeAsync(_id, cancellationToken);
        var from = Math.Max(first, _nextOffset - _services.Options.RingCapacity);
        _ring.Reset(next == _nextOffset ? from : _nextOffset);
        while (_ring.NextOffset < _nextOffset)
        {
            var page = await _services.History.ReadAsync(_id, _ring.NextOffset, HistoryPage, cancellationToken);
            if (page.Count == 0 || page[0].Offset != _ring.NextOffset)
            {
                _ring.Reset(_nextOffset);
                return;
            }

            _ring.Append(page, producer: null);
            for (var i = 0; i < page.Count; i++) _newestTime = Math.Max(_newestTime, page[i].Time);
        }
    }

    private async Task DeleteOldScoresAsync(CancellationToken cancellationToken)
    {
        if (_newestTime == long.MinValue) return;
        try
        {
            // A page at a time: the store's writer goes on with ingest in between.
            var newest = DateTimeOffset.UnixEpoch.AddMicroseconds(_newestTime);
            var oldest = newest - _definition.ScoreRetention;
            while (await _services.History.DeleteOlderThanAsync(_id.Stream, oldest, cancellationToken) > 0) await Task.Yield();
            await _services.History.DeleteExplanationsOlderThanAsync(
                _id.Stream, newest - _definition.ExplanationRetention, cancellationToken);
            await _services.Alerts.DeleteOlderThanAsync(_id, newest - _definition.ExplanationRetention, cancellationToken);
        }
        catch (Exception exception) when (exception is DagmmStreamException or ArgumentOutOfRangeException)
        {
            LogRetentionFailed(exception, _id);
        }
    }

    private async Task PumpAsync(Queue<TrainingBatch> replay)
    {
        try
        {
            await _trainer.RunAsync(replay, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            LogPumpStopped(_id, _trainer.TrainedOffset);
        }
        catch (Exception exception)
        {
            StepDown(exception);
        }
    }

    private async Task StopPumpAsync()
    {
        await _stop.CancelAsync();
        await _pump;
    }

    /// <summary>What was admitted but not committed is not in the store: forget this activation, the next one reads what is.</summary>
    private DagmmStreamException StepDown(Exception exception)
    {
        if (_fault is null)
        {
            // Logged here with its cause; callers get the message, since not every cause has a wire form.
            _fault = exception as DagmmStreamException ?? new DagmmStreamException(
                ErrorCode.StoreUnavailable, $"the store refused a write ({exception.Message}); try again", isTransient: true);
            LogStepDown(exception, _id);
            _stop.Cancel();
            DeactivateOnIdle();
        }

        return _fault;
    }

    private async Task ConfirmOwnershipAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _services.Journal.ConfirmAsync(_handle, cancellationToken);
        }
        catch (DagmmStreamException exception) when (exception.Code == ErrorCode.Fenced)
        {
            throw StepDown(exception);
        }

        ThrowIfFaulted();
    }

    private void ThrowIfFaulted()
    {
        if (_fault is null) return;
        // The next call meets a new activation, which reads the store again.
        DeactivateOnIdle();
        throw _fault;
    }

    private void OnCheckpointFailed(Exception exception)
    {
        _services.Metrics.CheckpointFailed();
        LogCheckpointFailed(exception, _id);
        var isFenced = exception is Orleans.Storage.InconsistentStateException or DagmmStreamException { Code: ErrorCode.Fenced };
        if (!isFenced) return;
        StepDown(new DagmmStreamException(
            ErrorCode.Fenced, $"another activation of partition {_id} took over; send the batch again", isTransient: true));
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Partition {Partition} active at offset {Offset}, checkpoint at {CheckpointOffset}, engine {Engine}")]
    private partial void LogActivated(PartitionId partition, long offset, long checkpointOffset, string engine);

    [LoggerMessage(Level = LogLevel.Error, Message = "Partition {Partition} cannot start")]
    private partial void LogActivationFailed(Exception exception, PartitionId partition);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Partition {Partition} published snapshot {Version} after {Accepted} accepted events")]
    private partial void LogPublished(PartitionId partition, long version, long accepted);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Partition {Partition} steps down; its next activation goes on from the store")]
    private partial void LogStepDown(Exception exception, PartitionId partition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Partition {Partition} could not write a checkpoint; the journal keeps its events")]
    private partial void LogCheckpointFailed(Exception exception, PartitionId partition);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "A checkpoint of partition {Partition} or a round cannot be read; using what else is there")]
    private partial void LogDamaged(Exception exception, PartitionId partition);

    [LoggerMessage(Level = LogLevel.Error, Message = "Partition {Partition} stopped learning; it goes on scoring with its last snapshot")]
    private partial void LogTrainingFailed(Exception exception, PartitionId partition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Partition {Partition} could not delete old scores; it tries again later")]
    private partial void LogRetentionFailed(Exception exception, PartitionId partition);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Partition {Partition} stopped training at offset {Offset}")]
    private partial void LogPumpStopped(PartitionId partition, long offset);
}
