using DagmmStream.Grains.Inputs;
using DagmmStream.Grains.Models;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Storage.Models;

namespace DagmmStream.Grains.Partitions;

/// <content>Versions of the model.</content>
internal sealed partial class PartitionGrain : IPartitionModels
{
    public async Task<byte[]> ExportModelAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        await WhenCommittedAsync();
        var export = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queue.TryEnqueue(new TrainingBatch { Export = export }))
        {
            throw new DagmmStreamException(
                ErrorCode.Overloaded, "too many requests for a checkpoint wait for this partition; try again later", isTransient: true);
        }

        return await export.Task.WaitAsync(cancellationToken);
    }

    public async Task<long> KeepModelAsync(string reason, CancellationToken cancellationToken)
    {
        RequireSnapshot();
        var payload = await ExportModelAsync(cancellationToken);
        var model = Decode(payload);
        // Published by now, since it was there before.
        var version = model.Learner.Snapshot!.Version;
        var kept = new KeptModel(version, model.Offset, _services.Time.GetUtcNow(), reason, payload.Length);
        await _services.Models.KeepAsync(_id, kept, payload, _services.Options.KeptModels, cancellationToken);
        return version;
    }

    /// <summary>
    /// The model becomes part of a checkpoint at the offset where training stands, in both slots; then this activation goes, and the next
    /// one reads it. So a crash at any moment leaves one model or the other, and no event is lost or learned twice.
    /// </summary>
    public async Task<long> ReplaceModelAsync(byte[] payload, bool isOwn, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        var replacement = DecodeReplacement(payload, isOwn);
        if (_scorer.Snapshot is not null) await KeepModelAsync("before another was taken", cancellationToken);
        if (_closing) throw Replacing();
        _closing = true;
        try
        {
            await WhenCommittedAsync();
            await TrainOutAsync(cancellationToken);
        }
        catch
        {
            _closing = false;
            throw;
        }

        try
        {
            await StopPumpAsync();
            var current = Decode(await _trainer.EncodeAsync());
            var version = Math.Max(current.Learner.Snapshot?.Version ?? 0, replacement.Learner.Snapshot!.Version) + 1;
            replacement.Learner.Renumber(version);
            var bytes = await _services.Executor.RunAsync(
                (current with { Learner = replacement.Learner }).Encode, CancellationToken.None);
            // Both slots: at equal offsets either may be read.
            await _slots.WriteAsync(bytes, current.Offset);
            await _slots.WriteAsync(bytes, current.Offset);
            _fault = Replacing();
            DeactivateOnIdle();
            return version;
        }
        catch (Exception exception)
        {
            throw StepDown(exception);
        }
    }

    private PartitionCheckpoint DecodeReplacement(byte[] payload, bool isOwn)
    {
        if (_definition.Partitions > 1)
            throw new DagmmStreamException(
                ErrorCode.InvalidModel,
                $"stream \"{_id.Stream}\" has {_definition.Partitions} partitions, whose one model is made in rounds and cannot be "
                + "replaced on one of them; take the model into a stream with one partition");
        if (!isOwn && !_definition.Inputs.IsPlain)
            throw Unfit($"stream \"{_id.Stream}\" has typed inputs, with categories numbered as it met them: only its own versions fit");
        try
        {
            var model = Decode(payload);
            return model.Learner.Snapshot is not null ? model : throw Unfit("the model is still warming up: it has no snapshot");
        }
        catch (CheckpointException exception)
        {
            throw Unfit(exception.Message);
        }

        static DagmmStreamException Unfit(string reason) => new(
            ErrorCode.InvalidModel, $"{reason}; take one that was exported from a stream with as many features and the same preset");
    }

    private PartitionCheckpoint Decode(byte[] payload)
    {
        var (spec, options) = PartitionModel.Of(_definition);
        var engine = _services.Engines.Select(_definition.Engine, spec);
        return PartitionCheckpoint.Decode(payload, spec, options, engine, _services.Options.MaxProducers, new InputColumns(_definition));
    }

    private DagmmStreamException Replacing() => new(
        ErrorCode.Fenced, $"the model of partition {_id} is being replaced; try again", isTransient: true);
}
