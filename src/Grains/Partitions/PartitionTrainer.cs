using System.Runtime.InteropServices;
using DagmmStream.Grains.Hosting;
using DagmmStream.Grains.Training;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Grains.Partitions;

/// <summary>
/// The pump between a partition's training queue and its learner. Cuts the events into chunks at fixed offsets, learns each chunk in a slot
/// of
/// the <see cref="TrainingExecutor"/>, and writes checkpoints. Runs on the grain's scheduler; only the learning itself does not.
/// </summary>
internal sealed class PartitionTrainer
{
    private readonly TrainingQueue _queue;
    private readonly TrainingExecutor _executor;
    private readonly StreamLearner _learner;
    private readonly WatermarkTable _watermarks;
    private readonly CheckpointPolicy _policy;
    private readonly ulong _seed;
    private readonly int _features;
    private readonly float[] _chunk;
    private readonly List<(string Producer, long Sequence, long Offset)> _chunkWatermarks = [];
    private int _chunkRows;
    private int _chunkSkipped;
    private long _offset;

    public PartitionTrainer(
        PartitionCheckpoint start, ulong seed, TrainingQueue queue, TrainingExecutor executor, CheckpointPolicy policy)
    {
        (_queue, _executor, _policy, _seed) = (queue, executor, policy, seed);
        (_learner, _watermarks, NotLearned) = (start.Learner, start.Watermarks, start.NotLearned);
        _offset = TrainedOffset = start.Offset;
        _features = _learner.Spec.Features;
        _chunk = new float[_learner.Options.ChunkSize * _features];
        Report = _learner.Report();
    }

    /// <summary>Called on the grain's turn after every chunk.</summary>
    public Action<LearnReport>? Learned { get; set; }

    /// <summary>Called on the grain's turn when learning itself failed; the pump then only empties the queue.</summary>
    public Action<Exception>? Faulted { get; set; }

    /// <summary>What the last chunk changed.</summary>
    public LearnReport Report { get; private set; }

    /// <summary>Events below this offset are learned, rejected or left out.</summary>
    public long TrainedOffset { get; private set; }

    /// <summary>Events left out by the learning policy.</summary>
    public long NotLearned { get; private set; }

    /// <summary>Why learning stopped; null while it runs.</summary>
    public Exception? Fault { get; private set; }

    private int ChunkSize => _learner.Options.ChunkSize;

    private bool IsDirty => Fault is null && TrainedOffset > _policy.Offset;

    /// <summary>Learns the replayed journal, then what arrives, until it is stopped.</summary>
    /// <param name="replay">Journal records beyond the checkpoint, in order.</param>
    /// <param name="stop">Ends the pump at the next chunk boundary.</param>
    public async Task RunAsync(Queue<TrainingBatch> replay, CancellationToken stop)
    {
        while (replay.TryDequeue(out var batch)) await TakeAsync(batch, stop);
        while (await WaitAsync(stop))
            while (!stop.IsCancellationRequested && _queue.Reader.TryRead(out var batch))
                await TakeAsync(batch, stop);
    }

    /// <summary>Writes a checkpoint of the last chunk boundary if there is something new.</summary>
    public async Task CheckpointAsync()
    {
        if (Fault is not null)
            throw new DagmmStreamException($"no checkpoint: training stopped ({Fault.Message}); restart the silo to learn again");
        if (!IsDirty) return;
        var checkpoint = new PartitionCheckpoint
        {
            Learner = _learner,
            Watermarks = _watermarks.Clone(),
            Offset = TrainedOffset,
            NotLearned = NotLearned,
        };
        var payload = await _executor.RunAsync(checkpoint.Encode, CancellationToken.None);
        await _policy.WriteAsync(payload, checkpoint.Offset, Report.Steps);
    }

    private async ValueTask<bool> WaitAsync(CancellationToken stop)
    {
        if (stop.IsCancellationRequested) return false;
        if (!IsDirty) return await _queue.Reader.WaitToReadAsync(stop);
        using var timer = _policy.CancelWhenDue();
        using var due = CancellationTokenSource.CreateLinkedTokenSource(stop, timer.Token);
        try
        {
            return await _queue.Reader.WaitToReadAsync(due.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            await TryCheckpointAsync();
            return true;
        }
    }

    private async Task TakeAsync(TrainingBatch batch, CancellationToken stop)
    {
        if (batch.Barrier is { } barrier)
        {
            await PassAsync(barrier);
            return;
        }

        for (var start = (int)Math.Max(0, _offset - batch.FirstOffset); start < batch.Count;)
        {
            var room = ChunkSize - (int)(_offset % ChunkSize);
            var take = Math.Min(batch.Count - start, room);
            Append(batch, start, take);
            start += take;
            if (take == room) await LearnChunkAsync(stop);
        }
    }

    private async Task PassAsync(TaskCompletionSource barrier)
    {
        try
        {
            await CheckpointAsync();
            barrier.TrySetResult();
        }
        catch (Exception exception)
        {
            _policy.Failed(exception);
            barrier.TrySetException(exception as DagmmStreamException ?? new DagmmStreamException(
                ErrorCode.StoreUnavailable, $"the checkpoint could not be written ({exception.Message}); try again", isTransient: true));
        }
    }

    private void Append(TrainingBatch batch, int start, int count)
    {
        var rows = MemoryMarshal.Cast<byte, float>(batch.Features.Span);
        for (var i = start; i < start + count; i++)
        {
            if (!Sampling.Learns(_seed, batch.FirstOffset + i, batch.SamplingRate))
            {
                _chunkSkipped++;
                continue;
            }

            rows.Slice(i * _features, _features).CopyTo(_chunk.AsSpan(_chunkRows++ * _features));
        }

        _offset += count;
        _chunkWatermarks.Add((batch.Producer, batch.FirstSequence + start + count - 1, _offset - 1));
    }

    private async Task LearnChunkAsync(CancellationToken stop)
    {
        if (Fault is null) await LearnAsync(stop);
        _queue.Release(ChunkSize);
        if (Fault is null)
        {
            foreach (var (producer, sequence, offset) in _chunkWatermarks) _watermarks.Advance(producer, sequence, offset);
            NotLearned += _chunkSkipped;
            TrainedOffset = _offset;
            Learned?.Invoke(Report);
        }

        _chunkWatermarks.Clear();
        _chunkRows = _chunkSkipped = 0;
        if (IsDirty && _policy.IsDue(Report.Steps)) await TryCheckpointAsync();
    }

    private async Task LearnAsync(CancellationToken stop)
    {
        try
        {
            var rows = _chunkRows;
            Report = await _executor.RunAsync(() => _learner.Learn(_chunk.AsSpan(0, rows * _features), rows), stop);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The learner may be half changed: it must not be used or written again. The snapshot goes on scoring, the journal keeps the
            // rest.
            Fault = exception;
            Faulted?.Invoke(exception);
        }
    }

    private async Task TryCheckpointAsync()
    {
        try
        {
            await CheckpointAsync();
        }
        catch (Exception exception)
        {
            _policy.Failed(exception);
        }
    }
}
