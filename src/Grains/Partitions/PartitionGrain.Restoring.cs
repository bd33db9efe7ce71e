using DagmmStream.Grains.Alerts;
using DagmmStream.Grains.Decisions;
using DagmmStream.Grains.Explanations;
using DagmmStream.Grains.Inputs;
using DagmmStream.Grains.Models;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training;
using DagmmStream.Storage.Journal;

namespace DagmmStream.Grains.Partitions;

/// <content>How an activation finds its state again.</content>
internal sealed partial class PartitionGrain
{
    /// <summary>How many scores are read back from the store at once.</summary>
    private const int HistoryPage = 1024;

    private async Task RestoreAsync(CancellationToken cancellationToken)
    {
        _definition = await _services.Catalog.FindAsync(_id.Stream, cancellationToken)
            ?? throw new DagmmStreamException(
                ErrorCode.StreamNotFound, $"there is no stream \"{_id.Stream}\"; create it with its feature names first");
        if (_id.Partition < 0 || _id.Partition >= _definition.Partitions)
        {
            throw new DagmmStreamException(
                ErrorCode.StreamNotFound, $"stream \"{_id.Stream}\" has {_definition.Partitions} partitions; there is no {_id.Partition}");
        }

        _handle = await _services.Journal.OpenAsync(_id, cancellationToken);
        var (spec, options) = PartitionModel.Of(_definition);
        var engine = _services.Engines.Select(_definition.Engine, spec);
        var start = await JoinRoundsAsync(await LoadAsync(spec, options, engine), cancellationToken);
        _engine = engine.Name;
        _watermarks = start.Watermarks.Clone();
        _nextOffset = start.Offset;
        _queue = new TrainingQueue(_definition.TrainingQueueCapacity, _definition.Learning);
        var columns = new InputColumns(_definition);
        _decision = new PartitionDecision(_definition, columns);
        _decision.Use(_labels.State.Labels);
        _scorer = new PartitionScorer(new ParameterLayout(spec), _decision) { Snapshot = start.Learner.Snapshot };
        _inputs = new PartitionInputs(
            columns, EncoderOf(columns, start),
            new RecentInputs(columns.Width, () => _services.RecentEvents(columns.Width, _services.Options.ExplainableEvents)));
        _explainer = new PartitionExplainer(_inputs, _services.Explanations);
        var isJournaled = _definition.Durability == Durability.Journaled;
        var replay = await ReplayAsync(isJournaled, cancellationToken);
        if (!isJournaled) await _services.History.ForgetFromAsync(_handle, _nextOffset, cancellationToken);
        await RefillRingAsync(cancellationToken);
        _alerts = await PartitionAlerts.RestoreAsync(_handle, _services, _nextOffset, cancellationToken);
        _policy = new CheckpointPolicy(
            _slots, isJournaled ? _services.Journal : null, _handle,
            (_definition.CheckpointInterval, _services.Options.CheckpointSteps, _services.Time), start.Offset, OnCheckpointFailed);
        _trainer = new PartitionTrainer(
            start, EncoderOf(columns, start), PartitionModel.Seed(_definition, _id.Partition), _queue, _services, _policy, _rounds)
        {
            Learned = OnLearned,
            Adopted = Use,
            Provisional = snapshot => _scorer.Provisional = snapshot,
            Faulted = exception => LogTrainingFailed(exception, _id),
        };
        RestoreTraining(start);
        _services.Registry.Add(_id);
        _services.Metrics.Show(_id, Reading);
        LogActivated(_id, _nextOffset, start.Offset, _engine);
        _pump = PumpAsync(replay);
        var interval = _services.Options.RetentionInterval;
        this.RegisterGrainTimer(DeleteOldScoresAsync, new GrainTimerCreationOptions(interval, interval) { Interleave = true });
    }

    // Admission and training each have their own: they stand at different offsets.
    private InputEncoder? EncoderOf(InputColumns columns, PartitionCheckpoint start) =>
        _definition.Inputs.IsPlain ? null : InputEncoder.Of(columns, start.Inputs);

    private async Task<PartitionCheckpoint> LoadAsync(ModelSpec spec, LearnerOptions options, ITrainingEngine engine)
    {
        var limit = _services.Options.MaxProducers;
        return await _slots.LoadAsync(
            payload => PartitionCheckpoint.Decode(payload, _definition, engine, limit),
            exception => LogDamaged(exception, _id))
            ?? new PartitionCheckpoint
            {
                Schema = new ModelSchema(_definition),
                Learner = new StreamLearner(spec, options, engine, PartitionModel.Seed(_definition, _id.Partition)),
                Watermarks = new WatermarkTable(limit),
                Offset = 0,
                NotLearned = 0,
            };
    }

    /// <summary>
    /// Reads what was acknowledged but is in no checkpoint: watermarks and offsets go on from there, training takes it first.
    /// </summary>
    private async Task<Queue<TrainingBatch>> ReplayAsync(bool isJournaled, CancellationToken cancellationToken)
    {
        var replay = new Queue<TrainingBatch>();
        if (isJournaled)
        {
            await foreach (var record in _services.Journal.ReadAsync(_handle, _nextOffset, cancellationToken)) Replay(record, replay);
        }
        else
        {
            foreach (var record in Unpack()) Replay(record, replay);
        }

        return replay;
    }

    private void Replay(JournalRecord record, Queue<TrainingBatch> replay)
    {
        if (record.FirstOffset > _nextOffset)
        {
            throw new DagmmStreamException(
                ErrorCode.StoreDamaged,
                $"the journal of partition {_id} goes on at offset {record.FirstOffset}, expected {_nextOffset}; "
                + "restore the store from a backup");
        }

        var next = record.FirstOffset + record.Count;
        if (!record.Features.IsEmpty) _inputs.Replay(record, _nextOffset);
        if (next <= _nextOffset) return;
        _queue.Reserve((int)(next - _nextOffset));
        _nextOffset = next;
        _watermarks.Advance(record.Producer, record.FirstSequence + record.Count - 1, next - 1);
        replay.Enqueue(new TrainingBatch
        {
            FirstOffset = record.FirstOffset,
            Count = record.Count,
            Producer = record.Producer,
            FirstSequence = record.FirstSequence,
            SamplingRate = record.SamplingRate,
            Features = record.SamplingRate == 0 && _definition.Inputs.IsPlain ? default : record.Features,
        });
    }

    private async Task RefillRingAsync(CancellationToken cancellationToken)
    {
        var (first, next) = await _services.History.GetRangeAsync(_id, cancellationToken);
        var from = Math.Max(first, _nextOffset - _services.Options.RingCapacity);
        _ring.Reset(next == _nextOffset ? from : _nextOffset);
        while (_ring.NextOffset < _nextOffset)
        {
            var page = await _services.History.ReadAsync(_id, _ring.NextOffset, HistoryPage, cancellationToken);
            if (page.Count == 0 || page[0].Offset != _ring.NextOffset)
            {
                _ring.Reset(_nextOffset);
                return;
            }

            _ring.Append(page, producer: null);
            for (var i = 0; i < page.Count; i++) _newestTime = Math.Max(_newestTime, page[i].Time);
        }
    }
}
