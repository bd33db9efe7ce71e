using DagmmStream.Cli.Evaluation;

namespace DagmmStream.Cli.Experiments;

/// <summary>The experiment over seeds: fresh points per seed for a known configuration, the same points for a file.</summary>
internal sealed class ThreeGaussians(string config, int components, int firstSeed, int seeds, int epochs)
{
    private readonly Dictionary<string, List<ExperimentFigures>> _figures = [];
    private readonly List<(int Seed, PlanePoints Points)> _samples = [];
    private readonly List<MethodRun> _firstRuns = [];

    /// <summary>Points of the first seed; after <see cref="Run"/>.</summary>
    public PlanePoints FirstPoints => _samples[0].Points;

    /// <summary>What each method found in the points of the first seed.</summary>
    public IReadOnlyList<MethodRun> FirstRuns => _firstRuns;

    /// <summary>Training of DAGMM paper on the points of the first seed.</summary>
    public PaperTrace Trace { get; } = new();

    /// <summary>Runs every method on every sample.</summary>
    /// <param name="grid">Whether to train the grid of weights too.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Means and deviations.</returns>
    public ExperimentResult Run(bool grid, CancellationToken cancellationToken)
    {
        for (var seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var points = PlanePoints.Names.Contains(config) ? PlanePoints.Sample(config, seed) : PlanePoints.Read(config);
            _samples.Add((seed, points));
            RunSeed(points, seed, cancellationToken);
        }

        return new ExperimentResult(config, components, [.. _figures.Select(pair => Summary(pair.Key, pair.Value))])
        {
            Grid = grid ? LambdaGrid.Run(_samples, components, epochs, cancellationToken) : null,
        };
    }

    private void RunSeed(PlanePoints points, int seed, CancellationToken token)
    {
        // Standard methods are told the true number of clusters; DAGMM may be told more, and then chooses.
        var (x, known) = (points.Training, points.Truth.Components);
        Add("DAGMM robust", points, PlaneMethods.Robust(x, components, components != known, seed, token));
        var trace = seed == firstSeed ? Trace : null;
        Add("DAGMM paper", points, PlaneMethods.Paper(x, components, epochs, seed, token, progress: trace));
        Add("EM", points, PlaneMethods.Em(x, known, seed, token));
        Add("Bayesian mixture", points, PlaneMethods.Bayesian(x, known, seed, token));
        Add("KMeans", points, PlaneMethods.KMeans(x, known, seed));
        Add("Ward", points, PlaneMethods.Ward(x, known));
        Add("DBSCAN", points, PlaneMethods.Dbscan(x));
    }

    private void Add(string method, PlanePoints points, (int[] Labels, PlaneMixture Mixture) found)
    {
        if (!_figures.TryGetValue(method, out var figures)) _figures[method] = figures = [];
        figures.Add(ExperimentFigures.Of(points, found.Labels, found.Mixture));
        if (figures.Count == 1) _firstRuns.Add(new MethodRun(method, found.Labels, found.Mixture));
    }

    private static MethodResult Summary(string method, List<ExperimentFigures> all)
    {
        var mean = ExperimentFigures.Each(all, values => Spread.Of(values).Mean);
        return new MethodResult(
            method, mean.Ari, mean.Nmi, mean.MuRmse, mean.SigmaError, mean.PhiError, mean.W2, mean.LogLikelihoodGap, mean.LiveComponents,
            ExperimentFigures.Each(all, values => Spread.Of(values).Deviation));
    }
}
