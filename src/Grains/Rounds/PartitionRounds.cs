using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Grains.Rounds;

/// <summary>
/// A partition in its stream's rounds: who may touch the learner, and when it stands still. Used on the grain's turns only. From its
/// contribution until a round is over the learner does not learn, so that its window is the same for every question, and every training
/// step is in exactly one contribution.
/// </summary>
internal sealed class PartitionRounds : IDisposable
{
    private readonly int _partition;
    private readonly StreamLearner _learner;
    private readonly ParameterLayout _layout;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;

    // Learning, checkpoints and rounds interleave on the turn and leave it for a training slot: one of them at a time has the learner.
    private readonly SemaphoreSlim _learnerFree = new(1, 1);
    private TaskCompletionSource _over = new();
    private long _round;
    private long _heard;

    /// <summary>Creates it for a partition that stands outside of any round.</summary>
    /// <param name="partition">Number of the partition.</param>
    /// <param name="learner">Its learner.</param>
    /// <param name="time">Clock.</param>
    /// <param name="patience">How long it waits for the next question of a round before it learns on.</param>
    public PartitionRounds(int partition, StreamLearner learner, TimeProvider time, TimeSpan patience)
    {
        (_partition, _learner, _time, _patience) = (partition, learner, time, patience);
        _layout = new ParameterLayout(learner.Spec);
    }

    /// <summary>Events accepted since the last round it was part of.</summary>
    public long Samples => _learner.RoundSamples;

    /// <summary>True when it has accepted a new regime.</summary>
    public bool IsUrgent => _learner.IsRoundUrgent;

    /// <summary>Version of the round taken over last; 0 for none.</summary>
    public long Version => _learner.Snapshot?.Version ?? 0;

    /// <summary>The round that the learner stands still for; 0 for none.</summary>
    public long Round => _round;

    /// <summary>Waits until the learner is free, and for learning also until no round is open.</summary>
    /// <param name="isLearning">True to learn.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>Gives the learner back.</returns>
    public async ValueTask<IDisposable?> EnterAsync(bool isLearning, CancellationToken stop)
    {
        while (true)
        {
            while (isLearning && _round != 0) await WaitAsync(stop);
            await _learnerFree.WaitAsync(stop);
            if (!isLearning || _round == 0) return new Release(_learnerFree);
            _learnerFree.Release();
        }
    }

    /// <summary>Opens a round: the learner stands still at the next chunk boundary.</summary>
    public void Open(long round)
    {
        if (_round == 0) _over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_round, _heard) = (round, _time.GetTimestamp());
    }

    /// <summary>Answers a question; runs in a slot, by the one who has the learner.</summary>
    public byte[] Answer(byte[] question) => _learner.Answer(_partition, RoundQuestion.FromBytes(question, _layout)).ToBytes();

    /// <summary>Reads the record of a round; runs in a slot.</summary>
    public RoundRecord Read(byte[] record) => RoundRecord.FromBytes(record, _layout, _learner.Options);

    /// <summary>Takes over what a round published; by the one who has the learner.</summary>
    /// <returns>True if the weights were taken over too.</returns>
    public bool Adopt(RoundRecord record) => _learner.Adopt(_partition, record);

    /// <summary>The coordinator still works on the round.</summary>
    public void Heard() => _heard = _time.GetTimestamp();

    /// <summary>The round is over, or was given up.</summary>
    public void Close(long round)
    {
        if (_round != round) return;
        _round = 0;
        _over.TrySetResult();
    }

    public void Dispose() => _learnerFree.Dispose();

    private async Task WaitAsync(CancellationToken stop)
    {
        var left = _patience - _time.GetElapsedTime(_heard);
        try
        {
            if (left > TimeSpan.Zero) await _over.Task.WaitAsync(left, _time, stop);
            else Close(_round);
        }
        catch (TimeoutException)
        {
            // Looked at again: a question may have come meanwhile.
            return;
        }
    }

    private sealed class Release(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
