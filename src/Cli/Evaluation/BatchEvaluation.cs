using DagmmStream.Modeling.Fitting;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Cli.Evaluation;

/// <summary>DAGMM's published protocol over seeds, with the controls beside it.</summary>
internal sealed class BatchEvaluation(LabelledData data, BatchOptions options, TimeProvider time)
{
    private readonly Dictionary<string, List<DetectionFigures>> _controls = [];
    private readonly List<SeedResult> _seeds = [];

    public BatchResult Run(Action<SeedResult> finished, IProgress<FitProgress>? progress, CancellationToken cancellationToken)
    {
        for (var seed = options.FirstSeed; seed < options.FirstSeed + options.Seeds; seed++)
        {
            _seeds.Add(RunSeed(seed, progress, cancellationToken));
            finished(_seeds[^1]);
        }

        var (mean, deviation) = DetectionFigures.Summarise([.. _seeds.Where(seed => seed.Failure is null).Select(seed => seed.Figures)]);
        return new BatchResult(
            data.Name, options.Preset, _seeds, mean, deviation,
            _controls.ToDictionary(control => control.Key, control => Summary(control.Value)),
            new FitFailures(
                _seeds.Count(seed => seed.Failure is not null), _seeds.Sum(seed => seed.CholeskyRepairs),
                _seeds.Count(seed => seed.Flags.Contains("collapsed"))));
    }

    private static ControlResult Summary(List<DetectionFigures> figures)
    {
        var (mean, deviation) = DetectionFigures.Summarise(figures);
        return new ControlResult(mean, deviation);
    }

    private SeedResult RunSeed(int seed, IProgress<FitProgress>? progress, CancellationToken cancellationToken)
    {
        var split = DataSplit.Of(data, seed);
        var (training, test) = (data.Select(split.Training), data.Select(split.Test));
        var labels = Array.ConvertAll(split.Test, i => data.Anomalies[i]);
        var start = time.GetTimestamp();
        FittedModel? model = null;
        var (scores, failure) = (Array.Empty<double>(), (string?)null);
        try
        {
            model = Fit(training, split.Training.Length, seed, progress, cancellationToken);
            scores = model.Score(test, labels.Length, cancellationToken);
            if (scores.AsSpan().ContainsAnyExceptInRange(double.MinValue, double.MaxValue)) failure = "a score is not finite";
        }
        catch (FitFailedException e)
        {
            failure = e.Message;
        }

        var seconds = time.GetElapsedTime(start).TotalSeconds;
        if (options.Controls) RunControls(model, training, split.Training.Length, test, labels, seed, cancellationToken);
        return Describe(seed, model, failure is null ? DetectionFigures.Of(scores, labels, data.FlaggedShare) : null, failure, seconds);
    }

    private FittedModel Fit(float[] training, int count, int seed, IProgress<FitProgress>? progress, CancellationToken cancellationToken)
    {
        if (options.Preset == BatchOptions.Paper)
            return PaperFit.Fit(new SimdTrainingEngine(), training, count, Paper(seed), progress, cancellationToken);
        var robust = OfflineFitOptions.Robust with { Seed = (ulong)seed, Components = options.Components };
        return OfflineFit.Fit(training, count, data.Features, robust, progress, cancellationToken);
    }

    private PaperFitOptions Paper(int seed)
    {
        var published = data.Name switch
        {
            LabelledDataReader.KddCup => PaperFitOptions.KddCup,
            LabelledDataReader.Thyroid => PaperFitOptions.Thyroid,
            LabelledDataReader.Arrhythmia => PaperFitOptions.Arrhythmia,
            _ => new PaperFitOptions { Spec = ModelSpec.Paper(data.Features) },
        };
        if (published.Spec.Features != data.Features) published = published with { Spec = ModelSpec.Paper(data.Features) };
        return published with { Seed = (ulong)seed, Epochs = options.Epochs ?? published.Epochs };
    }

    private void RunControls(
        FittedModel? model, float[] training, int count, float[] test, bool[] labels, int seed, CancellationToken cancellationToken)
    {
        void Add(string name, double[] scores)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_controls.TryGetValue(name, out var figures)) _controls[name] = figures = [];
            figures.Add(DetectionFigures.Of(scores, labels, data.FlaggedShare));
        }

        var untrained = PaperFit.Fit(new SimdTrainingEngine(), training, count, Paper(seed) with { Epochs = 0 }, null, cancellationToken);
        Add("untrained", untrained.Score(test, labels.Length, cancellationToken));
        // A mixture over all features of x: few components, whatever the number of rows.
        const int components = 4;
        foreach (var (name, scores) in Controls.Score(training, test, data.Features, components, seed)) Add(name, scores);
        if (model is not null) Add("reconstruction", model.ReconstructionErrors(test, labels.Length, cancellationToken));
    }

    private static SeedResult Describe(int seed, FittedModel? model, DetectionFigures? figures, string? failure, double seconds)
    {
        var diagnosis = model?.Diagnosis;
        return new SeedResult(
            seed, figures?.Precision, figures?.Recall, figures?.F1, figures?.RocAuc, figures?.AveragePrecision, diagnosis?.Shares ?? [],
            diagnosis?.LiveComponents ?? 0, diagnosis?.EffectiveComponents, Names(diagnosis?.Flags ?? FitFlags.None),
            diagnosis?.SkippedSteps ?? 0, diagnosis?.CholeskyRepairs ?? 0, failure, seconds);
    }

    private static string[] Names(FitFlags flags) =>
        [.. Enum.GetValues<FitFlags>().Where(flag => flag != FitFlags.None && flags.HasFlag(flag)).Select(CliName.Of)];
}
