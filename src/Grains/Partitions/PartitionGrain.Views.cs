using DagmmStream.Grains.Explanations;
using DagmmStream.Grains.Training;
using Microsoft.Extensions.Logging;

namespace DagmmStream.Grains.Partitions;

/// <content>What people look at to understand the model.</content>
internal sealed partial class PartitionGrain
{
    private const int MaxCodes = 1000;

    // What a crash may cost of the picture; nothing else is in it.
    private static readonly TimeSpan TrainingHistoryInterval = TimeSpan.FromMinutes(1);
    private readonly IPersistentState<TrainingHistoryState> _keptTraining;
    private readonly TrainingHistory _training = new();
    private long _keptTrainingStep;

    public Task<TrainingCurve> GetTrainingAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        var spec = PartitionModel.Of(_definition).Spec;
        return Task.FromResult(_training.Read(_id, spec.Members.Length, spec.Components));
    }

    public async Task<LatentSpace> GetLatentAsync(int member, int maxEvents, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        ArgumentOutOfRangeException.ThrowIfNegative(maxEvents);
        if (_scorer.Snapshot is not { } snapshot) return LatentReader.Empty(_id);
        if (member < 0 || member >= snapshot.Members.Length)
            throw new ArgumentOutOfRangeException(nameof(member), member, $"the model has members 0 to {snapshot.Members.Length - 1}");
        var events = new List<(long Offset, Verdict Verdict, float[] Row)>();
        var first = Math.Max(_ring.FirstOffset, Math.Max(_inputs.Recent.FirstOffset, _ring.NextOffset - Math.Min(maxEvents, MaxCodes)));
        var scores = _ring.Read(first, (int)(_ring.NextOffset - first));
        for (var i = 0; i < scores.Count; i++)
            if (_inputs.Recent.TryGet(scores[i].Offset, out var row)) events.Add((scores[i].Offset, scores[i].Verdict, row.ToArray()));

        // The snapshot never changes and the rows are copies: nobody waits for this on the grain's turn.
        return await Task.Run(() => LatentReader.Read(_id, snapshot, member, events), cancellationToken);
    }

    private void RestoreTraining(PartitionCheckpoint start)
    {
        _training.Restore(_keptTraining.State, start.Offset, start.Learner.Steps);
        _keptTrainingStep = _training.NewestStep;
        _keptTraining.State = new TrainingHistoryState();
        this.RegisterGrainTimer(
            _ => KeepTrainingAsync(isLast: false),
            new GrainTimerCreationOptions(TrainingHistoryInterval, TrainingHistoryInterval) { Interleave = true });
    }

    private async Task KeepTrainingAsync(bool isLast)
    {
        var (step, isNew) = (_training.NewestStep, _training.NewestStep != _keptTrainingStep);
        if (!isNew && !isLast) return;
        try
        {
            _keptTraining.State = _training.State;
            if (isNew) await _keptTraining.WriteStateAsync(CancellationToken.None);
            _keptTrainingStep = step;
        }
        catch (Exception exception)
        {
            // A picture: whoever owns the partition by now has his own.
            LogTrainingNotKept(_services.LevelOf(exception, LogLevel.Warning), exception, _id);
        }

        // The last one is carried along when the partition moves; otherwise it is in memory once already.
        if (!isLast) _keptTraining.State = new TrainingHistoryState();
    }

    [LoggerMessage(Message = "The training curves of partition {Partition} could not be kept")]
    private partial void LogTrainingNotKept(LogLevel level, Exception exception, PartitionId partition);
}
