using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Torch;
using DagmmStream.Modeling.Training;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Cli.Evaluation;

/// <summary>The prequential protocol on one stream, over seeds: score first, then learn, one pass, no label is told.</summary>
internal sealed class PrequentialEvaluation(PrequentialOptions options, TimeProvider time)
{
    private readonly List<PrequentialFigures> _figures = [];
    private readonly List<PrequentialFigures> _untrained = [];
    private readonly List<LearnerCounters> _counters = [];
    private readonly Dictionary<string, List<double?>> _checks = [];
    private readonly Dictionary<string, List<PrequentialFigures>> _controls = [];
    private double _seconds;
    private long _events;
    private long _notFinite;
    private long _falseAccepts;

    /// <summary>Runs all seeds.</summary>
    /// <param name="source">The stream of each seed; a file is the same for all.</param>
    /// <param name="checks">Watches each pass for what only a synthetic stream can say; null for a file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The figures.</returns>
    public PrequentialResult Run(
        Func<int, LabelledData> source, Func<int, ISyntheticCheck>? checks, CancellationToken cancellationToken)
    {
        LabelledData? data = null;
        for (var seed = options.FirstSeed; seed < options.FirstSeed + options.Seeds; seed++)
        {
            var before = data;
            data = source(seed);
            RunSeed(data, seed, checks?.Invoke(seed), cancellationToken);
            if (options.Controls && !ReferenceEquals(before, data)) RunControls(data);
        }

        return Describe(data!);
    }

    private void RunSeed(LabelledData data, int seed, ISyntheticCheck? check, CancellationToken cancellationToken)
    {
        var warmUp = WarmUp(data);
        var start = time.GetTimestamp();
        var run = PrequentialRun.Of(data, Learner(data, seed, trained: true), check is null ? null : check.Learned, cancellationToken);
        _seconds += time.GetElapsedTime(start).TotalSeconds;
        _events += data.Count;
        _notFinite += run.NotFinite;
        _falseAccepts += run.FalseAccepts;
        _counters.Add(run.Counters);
        _figures.Add(PrequentialFigures.Of(run, data.Anomalies, warmUp));
        foreach (var (name, value) in check?.Finish(run) ?? [])
        {
            if (!_checks.TryGetValue(name, out var values)) _checks[name] = values = [];
            values.Add(value);
        }

        if (!options.Controls) return;
        var untrained = PrequentialRun.Of(data, Learner(data, seed, trained: false), null, cancellationToken);
        _untrained.Add(PrequentialFigures.Of(untrained.Scores, data.Anomalies, warmUp));
    }

    private void RunControls(LabelledData data)
    {
        foreach (var (name, scores) in new[] { ("maxZ", RunningControls.MaxZ(data)), ("mahalanobis", RunningControls.Mahalanobis(data)) })
        {
            if (!_controls.TryGetValue(name, out var figures)) _controls[name] = figures = [];
            figures.Add(PrequentialFigures.Of(scores, data.Anomalies, WarmUp(data)));
        }
    }

    private int WarmUp(LabelledData data) => Math.Max(PrequentialData.WarmUp(data.Count), options.WarmUpLabelledNormal);

    private IPrequentialLearner Learner(LabelledData data, int seed, bool trained)
    {
        var (spec, learning) = options.Preset switch
        {
            PrequentialOptions.Lite => (ModelSpec.Lite(data.Features), LearnerOptions.Lite),
            PrequentialOptions.Paper => (ModelSpec.Paper(data.Features), LearnerOptions.Paper),
            _ => (ModelSpec.Stream(data.Features), LearnerOptions.Stream),
        };
        learning = learning with { Publish = learning.Publish with { ChooseComponents = options.ChooseComponents } };
        var engine = trained ? Engine(spec) : new UntrainedEngine();
        return options.Partitions == 1 ? new SingleLearner(new StreamLearner(spec, learning, engine, (ulong)seed))
            : new PartitionedLearner(spec, learning.Share(options.Partitions), engine, (ulong)seed);
    }

    // As the service chooses: the managed engine where it supports the model.
    private static ITrainingEngine Engine(ModelSpec spec)
    {
        var managed = new SimdTrainingEngine();
        return managed.Supports(spec) ? managed : new TorchTrainingEngine();
    }

    private PrequentialResult Describe(LabelledData data)
    {
        var controls = _controls.ToDictionary(pair => pair.Key, pair => Control(pair.Value));
        if (_untrained.Count > 0) controls["untrained"] = Control(_untrained);
        return new PrequentialResult(
            data.Name, data.Count, data.Features, data.Anomalies.Skip(WarmUp(data)).Count(anomaly => anomaly),
            PrequentialSpread.Of(_figures.Select(one => one.RocAuc)), PrequentialSpread.Of(_figures.Select(one => one.AveragePrecision)),
            _events / _seconds, WarmUp(data), _counters.Average(one => one.Published), _counters.Average(one => one.Rejected),
            _falseAccepts / (double)options.Seeds, _counters.Average(one => one.Drifts),
            new PrequentialFailures(
                _notFinite, _counters.Sum(one => one.SkippedSteps), _counters.Sum(one => one.FailedPublishes),
                _counters.Sum(one => one.CholeskyRepairs)),
            Spread.Of(_figures.Select(one => one.Ks)).Mean,
            new PrequentialAlarmRates(
                Spread.Of(_figures.Select(one => one.AlarmsPermille)).Mean, Spread.Of(_figures.Select(one => one.AlarmsPercent)).Mean),
            _checks.ToDictionary(pair => pair.Key, pair => PrequentialSpread.Of(pair.Value)), controls);
    }

    private static PrequentialControl Control(List<PrequentialFigures> figures) => new(
        Spread.Of(figures.Select(one => one.RocAuc)).Mean, Spread.Of(figures.Select(one => one.AveragePrecision)).Mean);
}
