using DagmmStream.Grains.Rounds;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Specification;
using Microsoft.Extensions.Logging;

namespace DagmmStream.Grains.Partitions;

/// <content>The partition's part in the rounds of a stream that has several.</content>
internal sealed partial class PartitionGrain
{
    // Questions come one after the other: a coordinator that is silent for so many deadlines has gone.
    private const int PatienceDeadlines = 3;

    public async Task<byte[]> CollectAsync(long round, byte[] question)
    {
        if (!CanTakePart(out var rounds)) return [];
        rounds.Open(round);
        try
        {
            return await _trainer.CollectAsync(rounds, question, _stop.Token);
        }
        catch (Exception exception)
        {
            // The others go on without this partition; it learns on.
            LogLeftOut(exception, _id, round);
            rounds.Close(round);
            return [];
        }
    }

    public async Task<byte[]> MeasureAsync(long round, byte[] question)
    {
        // A partition that has learned since its contribution has another window.
        if (!CanTakePart(out var rounds) || rounds.Round != round) return [];
        try
        {
            return await _trainer.MeasureAsync(rounds, question, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // This activation ends; the next one is asked again.
            return [];
        }
    }

    public async Task EndAsync(long round, byte[] record)
    {
        if (_fault is not null || _rounds is not { } rounds) return;
        try
        {
            if (record.Length > 0 && _trainer.Fault is null && !await _trainer.AdoptAsync(rounds, record, _stop.Token))
                await RestartAsync(rounds);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The next activation takes the round from the store.
            LogPumpStopped(_id, _trainer.TrainedOffset);
        }
        finally
        {
            rounds.Close(round);
        }
    }

    public async Task<bool> TakeOverAsync(long version)
    {
        ThrowIfFaulted();
        if (_rounds is not { } rounds || rounds.Version >= version) return true;
        await RestartAsync(rounds);
        return false;
    }

    /// <summary>
    /// Another model is taken over at a checkpoint, as a start does: this activation scores nothing more. What the journal has beyond that
    /// checkpoint the new model learns; a stream in memory has none, and learns what is queued with the old one.
    /// </summary>
    private async Task RestartAsync(PartitionRounds rounds)
    {
        // It is on its way out: the next activation takes the model over.
        if (_closing) return;
        Close();
        rounds.Close(rounds.Round);
        try
        {
            await WhenCommittedAsync();
            if (_definition.Durability == Durability.InMemory) await TrainOutAsync(_stop.Token);
        }
        catch (Exception exception) when (exception is DagmmStreamException or OperationCanceledException)
        {
            LogCheckpointFailed(_services.LevelOf(exception, LogLevel.Warning), exception, _id);
        }

        _fault ??= Replacing();
        await StopPumpAsync();
        DeactivateOnIdle();
    }

    /// <summary>
    /// A partition that starts takes the newest snapshot before it scores: from the store, where every round is before anybody has it, so
    /// that it does not wait for a coordinator that may have died with its silo. So it does with a model that was put in the place of the
    /// one that its checkpoint has.
    /// </summary>
    private async Task<PartitionCheckpoint> JoinRoundsAsync(PartitionCheckpoint start, CancellationToken cancellationToken)
    {
        if (_definition.Partitions == 1) return start;
        var record = await ReadRoundAsync(cancellationToken);
        var isReplaced = record?.HasReplaced(start.Learner.Snapshot?.Version ?? 0) == true;
        // Producers wait for this activation: it does not stand in line behind training.
        if (isReplaced) start = await Task.Run(() => TakeOver(start, record!), cancellationToken);
        _rounds = new PartitionRounds(
            _id.Partition, start.Learner, _services.Time, PatienceDeadlines * _services.Options.RoundDeadline);
        if (record is null) return start;
        _rounds.Adopt(record);
        if (!isReplaced) return start;
        // Both slots: none may bring the old model back once the record has no parts any more.
        var bytes = await Task.Run(start.Encode, cancellationToken);
        await _slots.WriteAsync(bytes, start.Offset);
        await _slots.WriteAsync(bytes, start.Offset);
        return start;
    }

    private async Task<RoundRecord?> ReadRoundAsync(CancellationToken cancellationToken)
    {
        var state = new GrainState<CheckpointState>(new CheckpointState());
        await _services.Checkpoints.ReadStateAsync(RoundGrain.StateName, Coordinator().GetGrainId(), state);
        if (state.State?.Payload is not { Length: > 0 } payload) return null;
        var (spec, options) = PartitionModel.Of(_definition);
        try
        {
            return await Task.Run(() => RoundRecord.FromBytes(payload, new ParameterLayout(spec), options), cancellationToken);
        }
        catch (CheckpointException exception)
        {
            // The partition has the snapshot of its checkpoint, and the next round goes on from what the partitions have.
            LogDamaged(exception, _id);
            return null;
        }
    }

    private PartitionCheckpoint TakeOver(PartitionCheckpoint start, RoundRecord record)
    {
        var isOwn = record.Parts.Length > 1;
        var part = isOwn ? record.Parts[_id.Partition] : record.Parts.FirstOrDefault() ?? [];
        try
        {
            // Without a part the partition takes the snapshot and the weights, and keeps its window.
            return part.Length == 0 ? start : TakeOver(start, Decode(part), isOwn);
        }
        catch (CheckpointException exception)
        {
            LogDamaged(exception, _id);
            return start;
        }
    }

    private bool CanTakePart([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PartitionRounds? rounds)
    {
        rounds = _rounds;
        return rounds is not null && _fault is null && !_closing && _trainer.Fault is null;
    }

    private void ReportLearned(PartitionRounds rounds) =>
        Coordinator().ReportAsync(_id.Partition, rounds.Version, rounds.Samples, rounds.IsUrgent).Ignore();

    private IRoundCoordinator Coordinator() => _services.Grains.GetGrain<IRoundCoordinator>(_id.Stream);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Partition {Partition} takes no part in round {Round}")]
    private partial void LogLeftOut(Exception exception, PartitionId partition, long round);
}
