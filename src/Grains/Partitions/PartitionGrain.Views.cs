using DagmmStream.Grains.Explanations;
using DagmmStream.Grains.Training;

namespace DagmmStream.Grains.Partitions;

/// <content>What people look at to understand the model.</content>
internal sealed partial class PartitionGrain
{
    private const int MaxCodes = 1000;
    private readonly TrainingHistory _training = new();

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
}
