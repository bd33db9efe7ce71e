using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DagmmStream.Grains.Training;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Grains.Partitions;

/// <summary>
/// The meter "DagmmStream": what partitions accept, refuse, score and learn. Streams have their name as a label up to a bound; the others
/// share the label "other", so that many streams cannot make many series.
/// </summary>
internal sealed class PartitionMetrics
{
    public const string MeterName = "DagmmStream";
    private const int MostLabels = 100;
    private const string Others = "other";
    private const string SkippedStep = "skipped_step";
    private const string CholeskyRepair = "cholesky_repair";
    private const string FailedPublish = "failed_publish";
    private readonly ConcurrentDictionary<string, byte> _labels = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<PartitionId, Func<PartitionReading>> _partitions = new();
    private readonly Counter<long> _events;
    private readonly Counter<long> _anomalies;
    private readonly Counter<long> _alerts;
    private readonly Counter<long> _steps;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _checkpoints;
    private readonly Histogram<double> _scoring;
    private readonly Histogram<double> _energies;
    private readonly Histogram<double> _learning;
    private readonly Histogram<long> _checkpointBytes;

    public PartitionMetrics(IMeterFactory meters, TrainingExecutor executor)
    {
        var meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>("dagmm.events", "{event}", "Events by outcome: accepted, duplicate, refused, invalid.");
        _anomalies = meter.CreateCounter<long>("dagmm.anomalies", "{event}", "Events called anomalous.");
        _alerts = meter.CreateCounter<long>("dagmm.alerts", "{alert}", "Alerts by kind (anomaly, silence) and change (raised, ended).");
        _steps = meter.CreateCounter<long>("dagmm.training.steps", "{step}", "Training steps tried.");
        _failures = meter.CreateCounter<long>(
            "dagmm.numeric_failures", "{failure}", "Skipped steps, Cholesky repairs and failed publishes by kind.");
        _checkpoints = meter.CreateCounter<long>("dagmm.checkpoints", "{checkpoint}", "Checkpoints by outcome: written, failed.");
        _scoring = meter.CreateHistogram(
            "dagmm.score.duration", "s", "Time to score the events of one batch.", advice: Buckets(
                2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 5e-3));
        _energies = meter.CreateHistogram(
            "dagmm.energy", "{nat}", "Sample energies of accepted events.", advice: Buckets(
                -20, -10, -5, 0, 5, 10, 20, 40, 80, 160, 320, 1000));
        _learning = meter.CreateHistogram(
            "dagmm.training.duration", "s", "Time to learn the chunks that were there (1 to 8), with the wait for a slot.", advice: Buckets(
                1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 1));
        _checkpointBytes = meter.CreateHistogram(
            "dagmm.checkpoint.size", "By", "Size of written checkpoints.", advice: new InstrumentAdvice<long>
            {
                HistogramBucketBoundaries = [16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216],
            });
        meter.CreateObservableGauge("dagmm.partitions", () => _partitions.Count, "{partition}", "Active partitions on this silo.");
        meter.CreateObservableGauge("dagmm.training.waiting", () => executor.Waiting, "{chunk}", "Chunks that wait for a training slot.");
        CreateGauges(meter);

        // Series that are there from the start: a rate over them sees the first failure.
        foreach (var kind in (string[])[SkippedStep, CholeskyRepair, FailedPublish])
            _failures.Add(0, new KeyValuePair<string, object?>("kind", kind));
        foreach (var outcome in (string[])["written", "failed"]) _checkpoints.Add(0, Outcome(outcome));
        foreach (var kind in Enum.GetValues<AlertKind>())
            foreach (var change in (AlertTransition[])[AlertTransition.Raised, AlertTransition.Ended])
                _alerts.Add(0, Word("kind", kind), Word("change", change));
    }

    /// <summary>Shows a partition's state for as long as it is active.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="reading">Reads its state; called from any thread.</param>
    public void Show(PartitionId partition, Func<PartitionReading> reading)
    {
        _partitions[partition] = reading;

        // An alert on an increase needs a value before it: a series that begins with the first anomaly hides it.
        var label = Stream(partition.Stream);
        _anomalies.Add(0, label);
        foreach (var outcome in (string[])["accepted", "refused"]) _events.Add(0, Outcome(outcome), label);
    }

    public void Hide(PartitionId partition) => _partitions.TryRemove(partition, out _);

    public void Accepted(string stream, ScoreBlock scores, int anomalies)
    {
        var label = Stream(stream);
        _events.Add(scores.Count, Outcome("accepted"), label);
        if (anomalies > 0) _anomalies.Add(anomalies, label);
        if (!_energies.Enabled) return;
        for (var i = 0; i < scores.Count; i++)
            if (double.IsFinite(scores[i].Energy)) _energies.Record(scores[i].Energy, label);
    }

    /// <summary>Counts the beginning or the end of an alert.</summary>
    public void Alert(string stream, AlertKind kind, AlertTransition transition) =>
        _alerts.Add(1, Word("kind", kind), Word("change", transition), Stream(stream));

    public void Scored(TimeSpan duration) => _scoring.Record(duration.TotalSeconds);

    public void Duplicate(string stream, int count) => _events.Add(count, Outcome("duplicate"), Stream(stream));

    public void Refused(string stream, int count) => _events.Add(count, Outcome("refused"), Stream(stream));

    public void Invalid(string stream, int count) => _events.Add(count, Outcome("invalid"), Stream(stream));

    /// <summary>Counts what one chunk changed.</summary>
    public void Learned(LearnReport before, LearnReport after, TimeSpan duration)
    {
        _learning.Record(duration.TotalSeconds);
        _steps.Add(after.Steps - before.Steps);
        Failures(SkippedStep, after.Counters.SkippedSteps - before.Counters.SkippedSteps);
        Failures(CholeskyRepair, after.Counters.CholeskyRepairs - before.Counters.CholeskyRepairs);
        Failures(FailedPublish, after.Counters.FailedPublishes - before.Counters.FailedPublishes);
    }

    public void CheckpointWritten(long bytes)
    {
        _checkpoints.Add(1, Outcome("written"));
        _checkpointBytes.Record(bytes);
    }

    public void CheckpointFailed() => _checkpoints.Add(1, Outcome("failed"));

    private void CreateGauges(Meter meter)
    {
        Gauge(meter, "dagmm.training.lag", "{event}", "Accepted events that training has not passed yet.", r => r.Accepted - r.Trained);
        Gauge(meter, "dagmm.training.sampling_rate", "1", "Share of events that the learning policy learns.", r => r.SamplingRate);
        Gauge(meter, "dagmm.training.objective", "1", "Objective of the last training step.", r => r.Objective);
        Gauge(meter, "dagmm.training.reconstruction", "1", "Reconstruction loss of the last training step.", r => r.Reconstruction);
        Gauge(meter, "dagmm.training.energy", "{nat}", "Mean energy of the last training step.", r => r.Energy);
        Gauge(meter, "dagmm.training.penalty", "1", "Covariance penalty of the last training step.", r => r.Penalty);
        Gauge(meter, "dagmm.training.stopped", "1", "1 when learning has stopped by a fault.", r => r.HasFault ? 1 : 0);
        Gauge(meter, "dagmm.warmup.share", "1", "Share of the events that a first snapshot needs.", r => r.WarmUp);
        Gauge(meter, "dagmm.alerts.open", "{alert}", "Alerts that go on.", r => r.Alerts);
        Gauge(meter, "dagmm.threshold", "1", "Score at or above which an event is anomalous.", r => r.Threshold);
        Gauge(meter, "dagmm.model.version", "{version}", "Version of the snapshot that scores.", r => r.Version);
        Gauge(meter, "dagmm.model.dead_components", "{component}", "Components with less than 1 % of the window.", r => r.DeadComponents);
        Gauge(
            meter, "dagmm.checkpoint.lag", "{event}", "Accepted events that no checkpoint covers yet.",
            r => r.Accepted - r.CheckpointOffset);
        Gauge(meter, "dagmm.checkpoint.age", "s", "Time since the last checkpoint, or since activation.", r => r.CheckpointAge);
    }

    private void Gauge(Meter meter, string name, string unit, string description, Func<PartitionReading, double> value) =>
        meter.CreateObservableGauge(
            name, () => Readings().Select(pair => new Measurement<double>(value(pair.Reading), pair.Tags))
                .Where(measurement => double.IsFinite(measurement.Value)), unit, description);

    // Values of different streams cannot be added: those beyond the bound are not shown one by one.
    private IEnumerable<(PartitionReading Reading, KeyValuePair<string, object?>[] Tags)> Readings() =>
        from pair in _partitions
        let label = Stream(pair.Key.Stream)
        where label.Value is not Others
        select (pair.Value(), new[] { label, new KeyValuePair<string, object?>("partition", pair.Key.Partition) });

    private void Failures(string kind, long count)
    {
        if (count > 0) _failures.Add(count, new KeyValuePair<string, object?>("kind", kind));
    }

    private KeyValuePair<string, object?> Stream(string stream) =>
        new("stream", _labels.ContainsKey(stream) || (_labels.Count < MostLabels && _labels.TryAdd(stream, 0)) ? stream : Others);

    private static KeyValuePair<string, object?> Word<T>(string label, T value)
        where T : struct, Enum => new(label, value.ToString().ToLowerInvariant());

    private static KeyValuePair<string, object?> Outcome(string outcome) => new("outcome", outcome);

    private static InstrumentAdvice<double> Buckets(params double[] bounds) => new() { HistogramBucketBoundaries = bounds };
}
