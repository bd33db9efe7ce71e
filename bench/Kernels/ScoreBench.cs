using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Bench.Kernels;

/// <summary>Scoring one event, alone and in a batch; microseconds per event.</summary>
internal static class ScoreBench
{
    private const int WindowRows = 1024;

    public static void Run()
    {
        Score("score Stream(9), one event", ModelSpec.Stream(9));
        Score("score Lite(9), one event", ModelSpec.Lite(9));
        Score("score Paper small 6-12-4-1, one event", ModelSpec.Paper(6, [12, 4], 1, 2));
        Score("score KDD 120-60-30-10-1, one event", ModelSpec.Paper(118, [60, 30, 10], 1, 4));
    }

    private static void Score(string what, ModelSpec spec)
    {
        if (!Timing.Wants(what)) return;
        var layout = new ParameterLayout(spec);
        var rows = Data.Rows(WindowRows, spec.Features);
        var weights = WeightInitializer.Create(layout, 1).Weights;
        var published = SnapshotPublisher.Publish(layout, weights, rows, WindowRows, 1, new PublishOptions());
        var snapshot = published.Snapshot ?? throw new InvalidOperationException($"nothing published: {published.FailureReason}");
        var (scorer, at) = (new EnergyScorer(), 0);
        Timing.Print(what, Timing.Measure(() =>
        {
            scorer.Score(snapshot, rows.AsSpan(at * spec.Features, spec.Features));
            at = (at + 1) % WindowRows;
        }, 1000));
        var scores = new EnergyScore[WindowRows];
        foreach (var few in (int[])[4, 8, 16, 32, 48, 64])
        {
            var (quick, middle) = Timing.Measure(() => scorer.Score(snapshot, rows, few, scores), 100);
            var name = what.Replace("one event", $"in batches of {few}", StringComparison.Ordinal);
            Timing.Print(name, (quick / few, middle / few));
        }

        var (best, median) = Timing.Measure(() => scorer.Score(snapshot, rows, WindowRows, scores), 4);
        Timing.Print(what.Replace("one event", "in batches of 1,024", StringComparison.Ordinal), (best / WindowRows, median / WindowRows));
    }
}
