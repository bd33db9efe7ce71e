using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Streaming;

/// <summary>
/// Learns a stream chunk by chunk: warm-up, guard, window, training steps, publish. Pure and deterministic: what it becomes is a function
/// of
/// (model, options, seed, chunks), never of time, threads or restarts. Not thread-safe; owned by one partition.
/// </summary>
public sealed partial class StreamLearner
{
    private readonly ITrainingEngine _engine;
    private readonly EnergyScorer _scorer;
    private readonly TrainingState _state;
    private readonly LearningWindow _window;
    private readonly GuardHistory _guard;
    private readonly RecentScores _recent;
    private readonly float[] _pending;
    private readonly float[] _batch;
    private int _pendingRows;
    private long _publishAt;
    private LearnerCounters _counters;
    private StepResult? _lastStep;

    /// <summary>Creates a learner that has seen nothing.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="options">How it learns.</param>
    /// <param name="engine">Runs the training steps; must support the model.</param>
    /// <param name="seed">Key of all randomness.</param>
    public StreamLearner(ModelSpec spec, LearnerOptions options, ITrainingEngine engine, ulong seed)
        : this(options, engine, WeightInitializer.Create(new ParameterLayout(spec), seed), window: null, guard: null, recent: null)
    {
    }

    private StreamLearner(
        LearnerOptions options, ITrainingEngine engine, TrainingState state, LearningWindow? window, GuardHistory? guard,
        RecentScores? recent)
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
        _guard = guard ?? new GuardHistory(options.EscapeCount);
        _recent = recent ?? new RecentScores(options.CalibrationCount);
        _scorer = new EnergyScorer();
        _pending = new float[options.StepRows * spec.Features];
        _batch = new float[Math.Max(options.WarmUpRows, options.StepRows + options.ReplayRows) * spec.Features];
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

    private int Features => Spec.Features;

    /// <summary>Learns one chunk: the events of a fixed range of offsets, without those that the learning policy left out.</summary>
    /// <param name="rows">Raw feature vectors [count, d], row-major, all finite.</param>
    /// <param name="count">Events; may be 0.</param>
    /// <returns>What changed.</returns>
    /// <exception cref="ArgumentException">The span is shorter than count rows, or a value is not finite; nothing has changed.</exception>
    public LearnReport Learn(ReadOnlySpan<float> rows, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (rows.Length < (long)count * Features)
            throw new ArgumentException($"{rows.Length} values are fewer than {count} rows of {Features} features", nameof(rows));
        if (rows[..(count * Features)].ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            throw new ArgumentException("a feature is not finite", nameof(rows));
        _counters = _counters with { Seen = _counters.Seen + count };
        _lastStep = null;
        if (Snapshot is null) LearnWarmUp(rows, count);
        else LearnGuarded(rows, count, Snapshot);
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
    };

    private void LearnWarmUp(ReadOnlySpan<float> rows, int count)
    {
        for (var i = 0; i < count; i++) _window.Add(rows.Slice(i * Features, Features));
        _counters = _counters with { Accepted = _counters.Accepted + count };
        if (_window.Seen < Options.WarmUp || _window.Seen < _publishAt) return;
        var scaler = FeatureScaler.Of(_window.Rows, _window.Count, Features, Options.Publish.ScalerKind);
        for (var step = 0; step < Options.WarmUpSteps; step++) WarmUpStep(step, scaler);
        Publish();
    }

    private void WarmUpStep(int step, FeatureScaler scaler)
    {
        var progress = (double)step / Options.WarmUpSteps;
        var random = new CounterRandom(_state.Seed, RandomPurpose.Batch, (ulong)_state.Step);
        var rows = Math.Min(Options.WarmUpRows, _window.Count);
        for (var i = 0; i < rows; i++) Scale(scaler, _window.Row(random.NextInt32(_window.Count)), i);
        var decay = progress < Options.WarmUpDecayAfter ? 1 : Options.WarmUpDecay;
        Step(rows, Options.WarmUpLearningRate * decay, progress < Options.WarmUpReconstruction);
    }

    private void LearnGuarded(ReadOnlySpan<float> rows, int count, ModelSnapshot snapshot)
    {
        Span<bool> accepted = count <= 1024 ? stackalloc bool[count] : new bool[count];
        for (var i = 0; i < count; i++)
        {
            var score = _scorer.Score(snapshot, rows.Slice(i * Features, Features));
            _recent.Add(score.Score);
            accepted[i] = score.Live <= snapshot.GuardThreshold;
            _guard.Add(rejected: !accepted[i]);
        }

        if (_guard.Exceeds(Options.EscapeShare))
        {
            accepted.Fill(true);
            _counters = _counters with { Escapes = _counters.Escapes + 1 };
        }

        for (var i = 0; i < count; i++)
            if (accepted[i]) Accept(rows.Slice(i * Features, Features), snapshot.Scaler);
            else _counters = _counters with { Rejected = _counters.Rejected + 1 };
        if (_counters.Accepted >= _publishAt) Publish();
    }

    private void Accept(ReadOnlySpan<float> row, FeatureScaler scaler)
    {
        _counters = _counters with { Accepted = _counters.Accepted + 1 };
        _window.Add(row);
        row.CopyTo(_pending.AsSpan(_pendingRows++ * Features));
        if (_pendingRows < Options.StepRows) return;
        for (var i = 0; i < _pendingRows; i++) Scale(scaler, _pending.AsSpan(i * Features, Features), i);
        var random = new CounterRandom(_state.Seed, RandomPurpose.Replay, (ulong)_state.Step);
        for (var i = 0; i < Options.ReplayRows; i++)
            Scale(scaler, _window.Row(random.NextInt32(_window.Count)), _pendingRows + i);
        Step(_pendingRows + Options.ReplayRows, Options.LearningRate, reconstructionOnly: false);
        _pendingRows = 0;
    }

    private void Scale(FeatureScaler scaler, ReadOnlySpan<float> row, int index) =>
        scaler.Transform(row, _batch.AsSpan(index * Features, Features));

    private void Step(int rows, double learningRate, bool reconstructionOnly)
    {
        var options = new StepOptions { LearningRate = learningRate, ReconstructionOnly = reconstructionOnly };
        var result = _engine.Step(_state, _batch.AsSpan(0, rows * Features), rows, options);
        _lastStep = result;
        _counters = _counters with
        {
            SkippedSteps = _counters.SkippedSteps + (result.Applied ? 0 : 1),
            CholeskyRepairs = _counters.CholeskyRepairs + result.CholeskyRepairs,
        };
    }

    private void Publish()
    {
        var interval = Math.Clamp(_counters.Accepted / Options.PublishAging, Options.PublishInterval, Options.PublishIntervalMax);
        _publishAt = _counters.Accepted + interval;
        // The first snapshot is the anchor: it has none itself, and every later one has it.
        var anchor = Options.Publish.AnchorWeight > 0 ? Snapshot?.Anchor ?? Snapshot : null;
        var isLogarithmic = Options.Publish.ScoreKind == ScoreKind.LogStandardized;
        var calibration = _recent.Count < Options.CalibrationMinimum ? null
            : Calibration.Of(_recent.Values, Options.Contamination, isLogarithmic);
        var result = SnapshotPublisher.Publish(
            _state.Layout, _state.Weights, _window.Rows, _window.Count, _counters.Published + 1, Options.Publish, anchor,
            scaler: null, calibration);
        _counters = _counters with { CholeskyRepairs = _counters.CholeskyRepairs + result.CholeskyRepairs };
        if (result.Snapshot is null)
        {
            _counters = _counters with { FailedPublishes = _counters.FailedPublishes + 1 };
            return;
        }

        Snapshot = result.Snapshot;
        _counters = _counters with { Published = _counters.Published + 1 };
    }
}
