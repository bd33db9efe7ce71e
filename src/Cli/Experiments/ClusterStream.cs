using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Cli.Experiments;

/// <summary>Clusters that arrive as a stream: what is left of surplus components that may die.</summary>
internal static class ClusterStream
{
    private const int Samples = 3;
    private const int WindowRows = 2048;
    private const double LiveShare = 0.01;

    /// <summary>Learns a stream of one mixture with the Stream preset and surplus components that die.</summary>
    /// <param name="truth">The mixture.</param>
    /// <param name="components">Components given.</param>
    /// <param name="seed">Seed of points and learner.</param>
    /// <param name="token">Stops it.</param>
    /// <returns>Live components, mean over the members; and the mean energy of held-out points minus that with all components kept, both
    /// published from the same weights and window.</returns>
    public static (double Live, double Cost) Run(PlaneMixture truth, int components, int seed, CancellationToken token)
    {
        var samples = Enumerable.Range(0, Samples).Select(k => PlanePoints.Sample(truth, seed + (1000 * k))).ToArray();
        var events = samples.SelectMany(sample => sample.Training).Select(value => (float)value).ToArray();
        var heldOut = samples[0].HeldOut.Select(value => (float)value).ToArray();
        var choose = PublishOptions.Stream with { ChooseComponents = true };
        var spec = ModelSpec.Stream(2) with { Components = components };
        var learner = new StreamLearner(spec, LearnerOptions.Stream with { Publish = choose }, new SimdTrainingEngine(), (ulong)seed);
        var chunk = learner.Options.ChunkSize;
        for (var start = 0; start + chunk <= events.Length / 2; start += chunk)
        {
            token.ThrowIfCancellationRequested();
            learner.Learn(events.AsSpan(start * 2, chunk * 2), chunk);
        }

        var snapshot = learner.Snapshot ?? throw new InvalidOperationException("the learner has not published");
        var window = events.AsSpan(events.Length - (WindowRows * 2));
        return (snapshot.Members.Average(Live), Energy(snapshot, window, heldOut, true) - Energy(snapshot, window, heldOut, false));
    }

    private static double Live(MemberSnapshot member) => member.Mixture.LogShares.ToArray().Count(share => share >= Math.Log(LiveShare));

    private static double Energy(ModelSnapshot snapshot, ReadOnlySpan<float> window, ReadOnlySpan<float> heldOut, bool choose)
    {
        var options = PublishOptions.Stream with
        {
            ChooseComponents = choose, EmRounds = 40, ScoreKind = ScoreKind.Energy, HistoryWeight = 0, AnchorWeight = 0,
        };
        var published = SnapshotPublisher.Publish(snapshot.Layout, snapshot.Weights.Span, window, WindowRows, 1, options);
        var model = published.Snapshot ?? throw new InvalidOperationException(published.FailureReason);
        var scores = new EnergyScore[heldOut.Length / 2];
        new EnergyScorer().Score(model, heldOut, scores.Length, scores);
        return scores.Average(score => score.Live);
    }
}
