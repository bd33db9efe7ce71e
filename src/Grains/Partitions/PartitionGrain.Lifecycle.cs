using DagmmStream.Modeling.Training;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;

namespace DagmmStream.Grains.Partitions;

/// <content>Activation, deactivation and stepping down.</content>
internal sealed partial class PartitionGrain
{
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
            if (_fault.Code != ErrorCode.StreamNotFound) LogActivationFailed(_services.LevelOf(exception, LogLevel.Error), exception, _id);
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
                if (reason.ReasonCode == DeactivationReasonCode.Migrating) await PackAsync(state, cancellationToken);
            }
            catch (Exception exception)
            {
                // The journal has what this checkpoint would have covered.
                LogCheckpointFailed(_services.LevelOf(exception, LogLevel.Warning), exception, _id);
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
        // Whoever asked knew an earlier activation: the move would not happen, and nothing would be admitted here any more.
        if (silo.Equals(GrainContext.Address.SiloAddress)) return Task.CompletedTask;
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
            LogRetentionFailed(_services.LevelOf(exception, LogLevel.Warning), exception, _id);
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
            LogStepDown(_services.LevelOf(exception, LogLevel.Warning), exception, _id);
            _stop.Cancel();
            DeactivateOnIdle();
        }

        return _fault;
    }

    /// <summary>Asks the store whose the partition is; steps down if another activation has taken it over.</summary>
    private async Task ConfirmOwnershipAsync(CancellationToken cancellationToken)
    {
        var asked = _services.Time.GetTimestamp();
        try
        {
            await _services.Journal.ConfirmAsync(_handle, cancellationToken);
            _confirmedAt = asked;
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
        LogCheckpointFailed(_services.LevelOf(exception, LogLevel.Warning), exception, _id);
        var isFenced = exception is Orleans.Storage.InconsistentStateException or DagmmStreamException { Code: ErrorCode.Fenced };
        if (!isFenced) return;
        StepDown(new DagmmStreamException(
            ErrorCode.Fenced, $"another activation of partition {_id} took over; send the batch again", isTransient: true));
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Partition {Partition} active at offset {Offset}, checkpoint at {CheckpointOffset}, engine {Engine}")]
    private partial void LogActivated(PartitionId partition, long offset, long checkpointOffset, string engine);

    [LoggerMessage(Message = "Partition {Partition} cannot start")]
    private partial void LogActivationFailed(LogLevel level, Exception exception, PartitionId partition);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Partition {Partition} published snapshot {Version} after {Accepted} accepted events")]
    private partial void LogPublished(PartitionId partition, long version, long accepted);

    [LoggerMessage(Message = "Partition {Partition} steps down; its next activation goes on from the store")]
    private partial void LogStepDown(LogLevel level, Exception exception, PartitionId partition);

    [LoggerMessage(Message = "Partition {Partition} could not write a checkpoint; the journal keeps its events")]
    private partial void LogCheckpointFailed(LogLevel level, Exception exception, PartitionId partition);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "A checkpoint of partition {Partition} or a round cannot be read; using what else is there")]
    private partial void LogDamaged(Exception exception, PartitionId partition);

    [LoggerMessage(Level = LogLevel.Error, Message = "Partition {Partition} stopped learning; it goes on scoring with its last snapshot")]
    private partial void LogTrainingFailed(Exception exception, PartitionId partition);

    [LoggerMessage(Message = "Partition {Partition} could not delete old scores; it tries again later")]
    private partial void LogRetentionFailed(LogLevel level, Exception exception, PartitionId partition);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Partition {Partition} stopped training at offset {Offset}")]
    private partial void LogPumpStopped(PartitionId partition, long offset);
}
