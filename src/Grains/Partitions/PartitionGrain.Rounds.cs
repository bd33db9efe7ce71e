using DagmmStream.Grains.Rounds;
using DagmmStream.Modeling.Checkpoints;
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
            if (record.Length > 0 && _trainer.Fault is null) await _trainer.AdoptAsync(rounds, record, _stop.Token);
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

    /// <summary>
    /// A partition that starts takes the newest snapshot before it scores: from the store, where every round is before anybody has it, so
    /// that it does not wait for a coordinator that may have died with its silo.
    /// </summary>
    private async Task JoinRoundsAsync(PartitionCheckpoint start, CancellationToken cancellationToken)
    {
        if (_definition.Partitions == 1) return;
        _rounds = new PartitionRounds(
            _id.Partition, start.Learner, _services.Time, PatienceDeadlines * _services.Options.RoundDeadline);
        var state = new GrainState<CheckpointState>(new CheckpointState());
        await _services.Checkpoints.ReadStateAsync(RoundGrain.StateName, Coordinator().GetGrainId(), state);
        if (state.State?.Payload is not { Length: > 0 } payload) return;
        try
        {
            // Producers wait for this activation: it does not stand in line behind training.
            _rounds.Adopt(await Task.Run(() => _rounds.Read(payload), cancellationToken));
        }
        catch (CheckpointException exception)
        {
            // The partition has the snapshot of its checkpoint, and the next round goes on from what the partitions have.
            LogDamaged(exception, _id);
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
