using System.Collections.Immutable;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Streaming;

/// <content>The byte form of a learner (docs/checkpoint-format.md): everything needed to go on as if nothing had happened.</content>
public sealed partial class StreamLearner
{
    /// <summary>Writes the learner.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        TrainingStateCodec.Write(_state, writer);
        _window.Write(writer);
        _recent.Write(writer);
        _history.Write(writer);
        _monitor.Write(writer);
        _reconstruction.Write(writer);
        _repeats.Write(writer);
        _quarantine.Write(writer);
        _anchor.Write(writer);
        writer.Write(_drifts.Length);
        foreach (var drift in _drifts)
        {
            writer.Write(drift.Seen);
            writer.Write((int)drift.Kind);
            writer.Write(drift.Size);
            writer.Write(drift.Offset);
        }

        writer.Write((ReadOnlySpan<float>)_pending.AsSpan(0, _pendingRows * Features));
        writer.Write(_publishAt);
        writer.Write(_quickUntil);
        long[] counters =
        [
            _counters.Seen, _counters.Accepted, _counters.Rejected, _counters.Escapes, _counters.SkippedSteps, _counters.CholeskyRepairs,
            _counters.Published, _counters.FailedPublishes, _counters.Repeated, _counters.Drifts,
        ];
        foreach (var counter in counters) writer.Write(counter);
        writer.Write(Snapshot is not null);
        Snapshot?.Write(writer);
        if (IsShared) writer.Write(_roundAt);
    }

    /// <summary>Reads a learner.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="spec">The model; must be the one that was written.</param>
    /// <param name="options">How it learns; must be the options it was written with.</param>
    /// <param name="engine">Runs the training steps.</param>
    /// <returns>The learner.</returns>
    /// <exception cref="CheckpointException">The bytes do not describe a learner of this model.</exception>
    public static StreamLearner Read(CheckpointReader reader, ModelSpec spec, LearnerOptions options, ITrainingEngine engine)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(options);
        var layout = new ParameterLayout(spec);
        var state = TrainingStateCodec.Read(layout, reader);
        var window = LearningWindow.Read(reader, options.WindowCapacity, spec.Features, state.Seed);
        var recent = RecentScores.Read(reader);
        var learner = new StreamLearner(options, engine, state, window, recent)
        {
            _history = FeatureScaler.Read(reader),
            _monitor = DriftMonitor.Read(reader, options),
            _reconstruction = ReconstructionMonitor.Read(reader, options),
            _repeats = RepeatMemory.Read(reader, options.RepeatCount),
            _quarantine = Quarantine.Read(reader, options.QuarantineCapacity, spec.Features),
            _anchor = AnchorKeeper.Read(reader, options),
            _drifts = ReadDrifts(reader),
        };
        var pending = reader.ReadSingles();
        if (pending.Length % spec.Features != 0 || pending.Length >= learner._pending.Length)
            throw CheckpointReader.Malformed(
                $"{pending.Length} pending values do not fit {options.StepRows} rows of {spec.Features} features");
        pending.CopyTo(learner._pending, 0);
        learner._pendingRows = pending.Length / spec.Features;
        learner._publishAt = reader.ReadInt64();
        if (reader.Version >= 4) learner._quickUntil = reader.ReadInt64();
        learner._counters = new LearnerCounters
        {
            Seen = reader.ReadInt64(),
            Accepted = reader.ReadInt64(),
            Rejected = reader.ReadInt64(),
            Escapes = reader.ReadInt64(),
            SkippedSteps = reader.ReadInt64(),
            CholeskyRepairs = reader.ReadInt64(),
            Published = reader.ReadInt64(),
            FailedPublishes = reader.ReadInt64(),
            Repeated = reader.ReadInt64(),
            Drifts = reader.ReadInt64(),
        };
        if (reader.ReadBoolean()) learner.Snapshot = ModelSnapshot.Read(reader);
        if (learner.IsShared) learner._roundAt = reader.ReadInt64();
        learner.CheckRead();
        return learner;
    }

    private static ImmutableArray<DriftEvent> ReadDrifts(CheckpointReader reader)
    {
        var count = reader.ReadInt32();
        if (count is < 0 or > DriftsKept) throw CheckpointReader.Malformed($"{count} drift events are not 0 to {DriftsKept}");
        var drifts = ImmutableArray.CreateBuilder<DriftEvent>(count);
        for (var i = 0; i < count; i++)
        {
            var drift = new DriftEvent(reader.ReadInt64(), SpecCodec.ReadEnum<DriftKind>(reader), reader.ReadDouble());
            drifts.Add(reader.Version < 3 ? drift : drift with { Offset = reader.ReadInt64() });
        }

        return drifts.MoveToImmutable();
    }

    // What the parts say about each other; bytes that pass here can be learned on without an exception.
    private void CheckRead()
    {
        var c = _counters;
        if (c.Accepted != _window.Seen || c.Rejected < 0 || c.Repeated < 0 || c.Seen != c.Accepted + c.Rejected + c.Repeated)
        {
            throw CheckpointReader.Malformed(
                $"{c.Seen} events seen, {c.Accepted} accepted, {c.Rejected} rejected, {c.Repeated} repeated "
                + $"and {_window.Seen} in the window's count do not agree");
        }

        if (_history.Features != Features || _history.Count != c.Seen)
            throw CheckpointReader.Malformed($"a history of {_history.Count} events after {c.Seen} seen is impossible");
        if (c.Published < 0 || c.FailedPublishes < 0 || _publishAt < 0 || (Snapshot is not null) != (c.Published > 0))
            throw CheckpointReader.Malformed($"{c.Published} publishes, {c.FailedPublishes} failed, next at {_publishAt}: impossible");
        if (_roundAt < 0 || _roundAt > c.Accepted)
            throw CheckpointReader.Malformed($"a round at {_roundAt} of {c.Accepted} accepted events is impossible");
        if (Snapshot is not null && (!Snapshot.Layout.Spec.Equals(Spec) || Snapshot.Anchor?.Layout.Spec.Equals(Spec) == false))
            throw CheckpointReader.Malformed("the snapshot is of another model");
        if (Snapshot is not null && Snapshot.Version != c.Published)
            throw CheckpointReader.Malformed($"snapshot {Snapshot.Version} after {c.Published} publishes");
    }
}
