using DagmmStream.Storage.Alerts;
using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Scores;

namespace DagmmStream.Grains.Partitions;

/// <content>From the journal's commit to training and readers.</content>
internal sealed partial class PartitionGrain
{
    private Task AppendAsync(
        TrainingBatch batch, ScoreBlock scores, List<StoredExplanation> explanations, IReadOnlyList<AlertChange> alerts,
        ReadOnlyMemory<byte> features)
    {
        var append = new JournalAppend
        {
            Partition = _handle,
            Scores = scores,
            Explanations = explanations,
            Alerts = alerts,
            Record = _definition.Durability == Durability.InMemory ? null : new JournalRecord
            {
                FirstOffset = batch.FirstOffset,
                Count = batch.Count,
                Producer = batch.Producer,
                FirstSequence = batch.FirstSequence,
                SamplingRate = batch.SamplingRate,
                Features = features,
            },
        };
        var commit = _services.Journal.AppendAsync(append);
        if (_definition.Durability == Durability.Journaled) return commit;
        commit.Ignore();
        _lastScores = commit;
        return Task.CompletedTask;
    }

    /// <summary>Waits for a commit, then passes on everything committed, in offset order, whoever was woken first.</summary>
    private async Task CommitAsync(PendingCommit commit)
    {
        try
        {
            await commit.Appended;
        }
        catch (Exception exception)
        {
            throw StepDown(exception);
        }

        while (_commits.TryPeek(out var head) && head.Appended.IsCompletedSuccessfully)
        {
            _commits.Dequeue();
            _ring.Append(head.Scores, head.Batch.Producer);
            if (!_queue.TryEnqueue(head.Batch)) throw new InvalidOperationException("a reserved batch found no room in the training queue");
            (var arrived, _scoresArrived) = (_scoresArrived, NewSignal());
            arrived.TrySetResult();
        }
    }

    private async Task WhenCommittedAsync()
    {
        foreach (var commit in _commits.ToArray()) await commit.Appended;
    }

    private sealed record PendingCommit(TrainingBatch Batch, ScoreBlock Scores, Task Appended);
}
