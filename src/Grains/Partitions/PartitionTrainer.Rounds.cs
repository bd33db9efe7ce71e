using DagmmStream.Grains.Rounds;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Grains.Partitions;

/// <content>What a round asks of the learner. Without rounds nobody else has it, and nobody waits.</content>
internal sealed partial class PartitionTrainer
{
    /// <summary>Called on the grain's turn for every round that was taken over.</summary>
    public Action<LearnReport>? Adopted { get; set; }

    /// <summary>
    /// The partition's contribution to a round: what it has learned is written down first, so that no restart learns it again on top of
    /// weights that have it.
    /// </summary>
    public async Task<byte[]> CollectAsync(PartitionRounds rounds, byte[] question, CancellationToken stop)
    {
        using var learner = await EnterAsync(isLearning: false, stop);
        await WriteCheckpointAsync();
        rounds.Heard();
        return await _executor.RunAsync(() => rounds.Answer(question), stop);
    }

    /// <summary>Answers a question of a round about the window.</summary>
    public async Task<byte[]> MeasureAsync(PartitionRounds rounds, byte[] question, CancellationToken stop)
    {
        using var learner = await EnterAsync(isLearning: false, stop);
        rounds.Heard();
        return await _executor.RunAsync(() => rounds.Answer(question), stop);
    }

    /// <summary>Takes over what a round published.</summary>
    /// <returns>False if the model was replaced that this learner has: it must not go on.</returns>
    public async Task<bool> AdoptAsync(PartitionRounds rounds, byte[] payload, CancellationToken stop)
    {
        using var learner = await EnterAsync(isLearning: false, stop);
        var record = await _executor.RunAsync(() => rounds.Read(payload), stop);
        if (record.HasReplaced(rounds.Version)) return false;
        rounds.Adopt(record);
        Report = _learner.Report();
        Adopted?.Invoke(Report);
        return true;
    }

    private ValueTask<IDisposable?> EnterAsync(bool isLearning, CancellationToken stop) =>
        _rounds is null ? ValueTask.FromResult<IDisposable?>(null) : _rounds.EnterAsync(isLearning, stop);
}
