using DagmmStream.Grains.Rounds;
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
            return await _trainer.CollectAsync(rounds, question);
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
        return await _trainer.MeasureAsync(rounds, question);
    }

    public async Task EndAsync(long round, byte[] record)
    {
        if (_fault is not null || _rounds is not { } rounds) return;
        try
        {
            if (record.Length > 0 && _trainer.Fault is null) await _trainer.AdoptAsync(rounds, record);
        }
        finally
        {
            rounds.Close(round);
        }
    }

    /// <summary>A partition that starts takes the newest snapshot before it scores.</summary>
    private async Task JoinRoundsAsync(PartitionCheckpoint start, CancellationToken cancellationToken)
    {
        if (_definition.Partitions == 1) return;
        var deadline = _services.Options.RoundDeadline;
        _rounds = new PartitionRounds(_id.Partition, start.Learner, _services.Time, PatienceDeadlines * deadline);
        var newest = await Coordinator().GetNewestAsync(_rounds.Version).WaitAsync(deadline, _services.Time, cancellationToken);
        if (newest.Length > 0) _rounds.Adopt(await _services.Executor.RunAsync(() => _rounds.Read(newest), cancellationToken));
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
