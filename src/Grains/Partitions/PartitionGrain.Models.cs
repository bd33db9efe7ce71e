using DagmmStream.Grains.Inputs;
using DagmmStream.Grains.Models;
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
        var replacement = ReplacementModel.Read(payload, _definition, _services, isOwn);
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
            var next = TakeOver(current, replacement, isOwn);
            next.Learner.Renumber(version);
            var bytes = await _services.Executor.RunAsync(next.Encode, CancellationToken.None);
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

    /// <summary>This partition with another model.</summary>
    private PartitionCheckpoint TakeOver(PartitionCheckpoint current, PartitionCheckpoint model, bool isOwn)
    {
        // Its own categories are numbered as they were, and more may have come.
        if (isOwn) return current with { Learner = model.Learner };
        var options = PartitionModel.Of(_definition).Options;
        var isAlike = options.Partitions == 1 && model.Schema.Partitions == 1;
        return current with
        {
            Learner = isAlike ? model.Learner
                : model.Learner.Deal(options, PartitionModel.Seed(_definition, _id.Partition), _id.Partition),
            Inputs = _definition.Inputs.IsPlain ? default(ReadOnlyMemory<byte>)
                : InputEncoder.TakeOver(new InputColumns(_definition), current.Inputs, model.Inputs),
        };
    }

    private PartitionCheckpoint Decode(byte[] payload) => PartitionCheckpoint.Decode(
        payload, _definition, _services.Engines.Select(_definition.Engine, PartitionModel.Of(_definition).Spec),
        _services.Options.MaxProducers);

    private DagmmStreamException Replacing() => new(
        ErrorCode.Fenced, $"the model of partition {_id} is being replaced; try again", isTransient: true);
}
