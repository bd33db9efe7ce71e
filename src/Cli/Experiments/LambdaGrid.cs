using DagmmStream.Cli.Evaluation;
using DagmmStream.Modeling.Fitting;

namespace DagmmStream.Cli.Experiments;

/// <summary>The published training over a grid of the weights of energy and penalty, on the points of the experiment.</summary>
internal static class LambdaGrid
{
    public static readonly double[] EnergyWeights = [0, 0.001, 0.01, 0.1, 1];
    public static readonly double[] PenaltyWeights = [0, 1e-5, 1e-4, 1e-3, 5e-3];

    /// <summary>Trains every pair of weights on every sample.</summary>
    /// <param name="samples">Points by seed.</param>
    /// <param name="components">Components K.</param>
    /// <param name="epochs">Epochs.</param>
    /// <param name="token">Stops it.</param>
    /// <returns>Means over the samples, by lambda1, then lambda2.</returns>
    public static GridCell[] Run(
        IReadOnlyList<(int Seed, PlanePoints Points)> samples, int components, int epochs, CancellationToken token) =>
        [.. from lambda1 in EnergyWeights
            from lambda2 in PenaltyWeights
            select Cell(samples, components, epochs, lambda1, lambda2, token)];

    private static GridCell Cell(
        IReadOnlyList<(int Seed, PlanePoints Points)> samples, int components, int epochs, double lambda1, double lambda2,
        CancellationToken token)
    {
        var (figures, failures) = (new List<ExperimentFigures>(), 0);
        foreach (var (seed, points) in samples)
        {
            try
            {
                var found = PlaneMethods.Paper(points.Training, components, epochs, seed, token, lambda1, lambda2);
                figures.Add(ExperimentFigures.Of(points, found.Labels, found.Mixture));
            }
            catch (FitFailedException)
            {
                failures++;
            }
        }

        var mean = ExperimentFigures.Each(figures, values => Spread.Of(values).Mean);
        return new GridCell(lambda1, lambda2, mean.Ari, mean.W2, mean.LiveComponents, failures);
    }
}
