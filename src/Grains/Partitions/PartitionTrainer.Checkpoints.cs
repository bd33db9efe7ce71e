namespace DagmmStream.Grains.Partitions;

/// <content>Checkpoints of the last chunk boundary, and what is beyond it.</content>
internal sealed partial class PartitionTrainer
{
    // All that was taken from the queue and is not passed to its end, also what a stopped pump had in its hands.
    private readonly Queue<TrainingBatch> _taken = new();
    private Queue<TrainingBatch> _replay = new();

    /// <summary>Writes a checkpoint of the last chunk boundary if there is something new.</summary>
    public async Task CheckpointAsync()
    {
        using var learner = await EnterAsync(isLearning: false, CancellationToken.None);
        await WriteCheckpointAsync();
    }

    /// <summary>The bytes of a checkpoint of the last chunk boundary; the pump must stand still until they are there.</summary>
    public async Task<byte[]> EncodeAsync()
    {
        using var learner = await EnterAsync(isLearning: false, CancellationToken.None);
        return await EncodeOwnAsync();
    }

    /// <summary>Writes the last checkpoint if there is something new. Producers wait for the next activation: this does not stand in line
    /// behind training.</summary>
    /// <returns>Its bytes.</returns>
    public async Task<byte[]> FinishAsync()
    {
        using var learner = await EnterAsync(isLearning: false, CancellationToken.None);
        ThrowIfStopped();
        var payload = await Task.Run(Checkpoint().Encode);
        if (IsDirty) await WriteAsync(payload, TrainedOffset);
        return payload;
    }

    /// <summary>The batches that reach beyond <see cref="TrainedOffset"/>, in order; the pump must have ended.</summary>
    public IEnumerable<TrainingBatch> NotTrained()
    {
        foreach (var batch in _taken.Concat(_replay)) yield return batch;
        while (_queue.Reader.TryRead(out var batch))
            if (batch.Count > 0) yield return batch;
    }

    private async Task WriteCheckpointAsync()
    {
        ThrowIfStopped();
        if (!IsDirty) return;
        var offset = TrainedOffset;
        await WriteAsync(await EncodeOwnAsync(), offset);
    }

    private Task<byte[]> EncodeOwnAsync() => _executor.RunAsync(Checkpoint().Encode, CancellationToken.None);

    private async Task ExportAsync(TaskCompletionSource<byte[]> export)
    {
        try
        {
            export.TrySetResult(Fault is null ? await EncodeAsync() : throw new DagmmStreamException(
                ErrorCode.NotKept, $"training stopped ({Fault.Message}): there is no state to export; restart the silo"));
        }
        catch (Exception exception)
        {
            export.TrySetException(exception);
        }
    }

    private async Task CheckpointAsync(TaskCompletionSource barrier)
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
