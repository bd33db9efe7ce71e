using System.Buffers;
using System.Collections.Immutable;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Streaming;

/// <summary>
/// Learns a stream chunk by chunk: warm-up, guard, drift, window, training steps, publish. Pure and deterministic: what it becomes is a
/// function of (model, options, seed, chunks), never of time, threads or restarts. Not thread-safe; owned by one partition.
/// </summary>
public sealed partial class StreamLearner
{
    private const int DriftsKept = 16;
    private readonly ITrainingEngine _engine;
    private readonly EnergyScorer _scorer;
    private readonly TrainingState _state;
    private readonly LearningWindow _window;
    private readonly RecentScores _recent;
    private DriftMonitor _monitor;
    private ReconstructionMonitor _reconstruction;
    private RepeatMemory _repeats;
    private Quarantine _quarantine;
    private AnchorKeeper _anchor;
    private FeatureScaler _history;
    private ImmutableArray<DriftEvent> _drifts = [];
    private readonly float[] _pending;
    private int _pendingRows;
    private long _publishAt;
    private long _quickUntil;
    private LearnerCounters _counters;
    private StepResult? _lastStep;
    private DriftEvent? _drift;

    /// <summary>Creates a learner that has seen nothing.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="options">How it learns.</param>
    /// <param name="engine">Runs the training steps; must support the model.</param>
    /// <param name="seed">Key of all randomness.</param>
    public StreamLearner(ModelSpec spec, LearnerOptions options, ITrainingEngine engine, ulong seed)
        : this(options, engine, WeightInitializer.Create(new ParameterLayout(spec), seed), window: null, recent: null)
    {
    }

    private StreamLearner(
        LearnerOptions options, ITrainingEngine engine, TrainingState state, LearningWindow? window, RecentScores? recent)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(engine);
        options.Validate();
        var spec = state.Layout.Spec;
        if (!engine.Supports(spec)) throw new ArgumentException($"engine \"{engine.Name}\" does not support this model", nameof(engine));
        Options = options;
        _engine = engine;
        _state = state;
        _window = window ?? new LearningWindow(options.WindowCapacity, spec.Features, state.Seed);
        _recent = recent ?? new RecentScores();
        (_monitor, _reconstruction) = (new DriftMonitor(options), new ReconstructionMonitor(options));
        _repeats = new RepeatMemory(options.RepeatCount);
        (_quarantine, _anchor) = (new Quarantine(options.QuarantineCapacity, spec.Features), new AnchorKeeper(options));
        _history = FeatureScaler.Identity(spec.Features);
        _scorer = new EnergyScorer();
        _pending = new float[options.StepRows * spec.Features];
    }

    /// <summary>How it learns.</summary>
    public LearnerOptions Options { get; }

    /// <summary>The model.</summary>
    public ModelSpec Spec => _state.Layout.Spec;

    /// <summary>The snapshot published last; null while warming up.</summary>
    public ModelSnapshot? Snapshot { get; private set; }

    /// <summary>Training steps tried.</summary>
    public long Steps => _state.Step;

    /// <summary>What was done so far.</summary>
    public LearnerCounters Counters => _counters;

    /// <summary>Runs the training steps.</summary>
    internal ITrainingEngine Engine => _engine;

    /// <summary>The events so far while there is no snapshot [n, d], oldest first; empty afterwards.</summary>
    internal ReadOnlySpan<float> WarmUpRows => Snapshot is null ? _window.Rows : [];

    private int Features => Spec.Features;

    /// <summary>Learns one chunk: the events of a fixed range of offsets, without those that the learning policy left out.</summary>
    /// <param name="rows">Raw feature vectors [count, d], row-major, all finite.</param>
    /// <param name="count">Events; may be 0.</param>
    /// <returns>What changed.</returns>
    /// <exception cref="ArgumentException">The span is shorter than count rows, or a value is not finite; nothing has changed.</exception>
    public LearnReport Learn(ReadOnlySpan<float> rows, int count) => Learn(rows, count, _counters.Seen + count);

    /// <summary>Learns one chunk, and is told where the stream stands.</summary>
    /// <param name="rows">Raw feature vectors [count, d], row-major, all finite.</param>
    /// <param name="count">Events; may be 0.</param>
    /// <param name="nextOffset">First offset behind the chunk; stands in the drift events.</param>
    /// <returns>What changed.</returns>
    /// <exception cref="ArgumentException">The span is shorter than count rows, or a value is not finite; nothing has changed.</exception>
    public LearnReport Learn(ReadOnlySpan<float> rows, int count, long nextOffset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (rows.Length < (long)count * Features)
            throw new ArgumentException($"{rows.Length} values are fewer than {count} rows of {Features} features", nameof(rows));
        if (rows[..(count * Features)].ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            throw new ArgumentException("a feature is not finite", nameof(rows));
        _counters = _counters with { Seen = _counters.Seen + count };
        _history = _history.Add(rows, count);
        _lastStep = null;
        _drift = null;
        if (Snapshot is null) LearnWarmUp(rows, count);
        else LearnGuarded(rows, count, Snapshot, nextOffset);
        return Report();
    }

    /// <summary>Counters and snapshot as they stand.</summary>
    /// <returns>The report.</returns>
    public LearnReport Report() => new()
    {
        Snapshot = Snapshot,
        Counters = _counters,
        Steps = Steps,
        WarmUpSeen = (int)Math.Min(_window.Seen, Options.WarmUp),
        LastStep = _lastStep,
        Drift = _drift,
        Drifts = _drifts,
        IsSuspicious = _monitor.IsSuspicious,
    };

    private void LearnWarmUp(ReadOnlySpan<float> rows, int count)
    {
        for (var i = 0; i < count; i++) _window.Add(rows.Slice(i * Features, Features));
        _counters = _counters with { Accepted = _counters.Accepted + count };
        // The partitions of a stream warm up together, in their first round.
        if (IsShared || _window.Seen < Options.WarmUp || _window.Seen < _publishAt) return;
        WarmUp.Run(_state, _engine, Options, _window.Rows, Count);
        Publish();
    }

    private void LearnGuarded(ReadOnlySpan<float> rows, int count, ModelSnapshot snapshot, long nextOffset)
    {
        var scores = ArrayPool<EnergyScore>.Shared.Rent(count);
        _scorer.Score(snapshot, rows, count, scores);
        for (var i = 0; i < count; i++) Judge(rows.Slice(i * Features, Features), scores[i], snapshot);
        ArrayPool<EnergyScore>.Shared.Return(scores);
        var unfit = _reconstruction.Conclude(_counters.Seen, Options.ReconstructionRise);
        _drift = _monitor.Conclude(_counters.Seen) ?? (_monitor.IsSuspicious ? null : unfit);
        if (_drift is { } noticed) _drift = noticed with { Offset = nextOffset };
        // The chunk in which a suspicion arises holds the first of what is suspected.
        if (_monitor.IsSuspicious) _recent.Forget();
        else _recent.Fold(_counters.Seen, Options);
        if (_drift is { } drift) Follow(drift, snapshot);
        if (_counters.Accepted >= _publishAt) Publish();
    }

    private void Judge(ReadOnlySpan<float> row, EnergyScore score, ModelSnapshot snapshot)
    {
        if (_repeats.Add(row) >= Options.RepeatLimit)
        {
            _counters = _counters with { Repeated = _counters.Repeated + 1 };
            return;
        }

        var isRejected = score.Score > snapshot.GuardThreshold;
        _monitor.Add(isRejected);
        // What may be a fault must not become the measure of what is normal.
        if (!_monitor.IsSuspicious) _recent.Add(score.Score);
        if (snapshot.Anchor is { } anchor && score.Live <= snapshot.LiveGuard) _anchor.Add(score.Anchored > anchor.LiveGuard);
        if (!isRejected)
        {
            _reconstruction.Add(score.Reconstruction);
            Accept(row, snapshot.Scaler);
            return;
        }

        _counters = _counters with { Rejected = _counters.Rejected + 1 };
        _quarantine.Add(row);
    }

    private void Follow(DriftEvent drift, ModelSnapshot snapshot)
    {
        _drifts = [.. _drifts.Skip(_drifts.Length + 1 - DriftsKept), drift];
        _counters = _counters with { Drifts = _counters.Drifts + 1 };
        // What was rejected before is not part of it.
        if (drift.Kind == DriftKind.Suspected) _quarantine.Keep(Options.ChunkSize);
        if (drift.Kind == DriftKind.Ended) _quarantine.Drain();
        if (drift.Kind is DriftKind.Broken or DriftKind.Accepted) AcceptRegime(snapshot.Scaler, drift.Kind);
        if (drift.Kind == DriftKind.Reconstruction) _quickUntil = _counters.Accepted + Options.QuickCount;
    }

    /// <summary>Learns what was rejected, and begins to measure anew.</summary>
    private void AcceptRegime(FeatureScaler scaler, DriftKind kind)
    {
        ReadOnlySpan<float> rows = _quarantine.Drain();
        _counters = _counters with
        {
            Escapes = _counters.Escapes + 1, Rejected = _counters.Rejected - (rows.Length / Features),
        };
        for (var i = 0; i < rows.Length / Features; i++) Accept(rows.Slice(i * Features, Features), scaler);
        _recent.Clear();
        _anchor.RegimeAccepted(kind);
        _publishAt = _counters.Accepted;
    }

    private void Accept(ReadOnlySpan<float> row, FeatureScaler scaler)
    {
        _counters = _counters with { Accepted = _counters.Accepted + 1 };
        _window.Add(row);
        row.CopyTo(_pending.AsSpan(_pendingRows++ * Features));
        if (_pendingRows < Options.StepRows) return;
        Step(scaler);
        _pendingRows = 0;
    }

    /// <summary>One step on the pending rows and as many of the window.</summary>
    private void Step(FeatureScaler scaler)
    {
        var count = _pendingRows + Options.ReplayRows;
        var batch = ArrayPool<float>.Shared.Rent(count * Features);
        for (var i = 0; i < _pendingRows; i++) Scale(_pending.AsSpan(i * Features, Features), i);
        var random = new CounterRandom(_state.Seed, RandomPurpose.Replay, (ulong)_state.Step);
        for (var i = _pendingRows; i < count; i++) Scale(_window.Row(random.NextInt32(_window.Count)), i);
        var rate = Options.LearningRate * (_counters.Accepted <= _quickUntil ? Options.QuickFactor : 1);
        Count(_engine.Step(_state, batch.AsSpan(0, count * Features), count, new StepOptions { LearningRate = rate }));
        ArrayPool<float>.Shared.Return(batch);

        void Scale(ReadOnlySpan<float> row, int index) => scaler.Transform(row, batch.AsSpan(index * Features, Features));
    }

    private void Count(StepResult result)
    {
        _lastStep = result;
        _counters = _counters with
        {
            SkippedSteps = _counters.SkippedSteps + (result.Applied ? 0 : 1),
            CholeskyRepairs = _counters.CholeskyRepairs + result.CholeskyRepairs,
        };
    }

    private void Publish()
    {
        if (IsShared) return;
        var interval = Math.Clamp(_counters.Accepted / Options.PublishAging, Options.PublishInterval, Options.PublishIntervalMax);
        _publishAt = _counters.Accepted + interval;
        // The first snapshot has no anchor; it is the first one itself.
        var mayRenew = !_monitor.IsSuspicious;
        var anchor = Options.Publish.AnchorWeight > 0 ? _anchor.Next(Snapshot, _counters.Accepted, mayRenew) : null;
        var options = Options.Publish with { AnchorWeight = Options.Publish.AnchorWeight * _anchor.Trust };
        var calibration = Calibrate();
        var result = SnapshotPublisher.Publish(
            _state.Layout, _state.Weights, _window.Rows, _window.Count, _counters.Published + 1, options, anchor,
            scaler: null, calibration, _history);
        _counters = _counters with { CholeskyRepairs = _counters.CholeskyRepairs + result.CholeskyRepairs };
        if (result.Snapshot is null)
        {
            _counters = _counters with { FailedPublishes = _counters.FailedPublishes + 1 };
            return;
        }

        Snapshot = result.Snapshot;
        _counters = _counters with { Published = _counters.Published + 1 };
    }

    /// <summary>By the recent scores; null while there are too few.</summary>
    private Calibration? Calibrate() => _recent.Count < Options.CalibrationMinimum ? null : Calibration.Of(
        _recent.Digest, Options.Contamination, Options.Publish.ScoreKind == ScoreKind.LogStandardized);
}
