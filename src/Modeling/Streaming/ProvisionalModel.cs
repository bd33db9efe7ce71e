using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Streaming;

/// <summary>
/// A model of the first few events of a stream that is still warming up: its energies say something long before a verdict may be based
/// on them. A pure function of (model, options, seed, events) beside the learner, which it neither reads nor changes: nothing of it is
/// in a checkpoint, and a restart makes the same one again.
/// </summary>
internal static class ProvisionalModel
{
    /// <summary>Numbers of events from which one is made, ascending.</summary>
    public static ReadOnlySpan<int> Sizes => [32, 64, 128];

    /// <summary>The largest size that is reached and smaller than the warm-up; 0 for none.</summary>
    /// <param name="events">Events that are there.</param>
    /// <param name="options">How the stream learns.</param>
    public static int SizeOf(int events, LearnerOptions options)
    {
        var reached = 0;
        foreach (var size in Sizes)
            if (size <= events && size < options.WarmUp) reached = size;
        return reached;
    }

    /// <summary>Trains and publishes one, with the share of the warm-up's steps that its events are of the warm-up's.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="options">How the stream learns.</param>
    /// <param name="engine">Runs the steps.</param>
    /// <param name="seed">Key of the stream's randomness.</param>
    /// <param name="rows">Raw features of the first events [n, d], finite.</param>
    /// <returns>The snapshot, of version 0; null if a number is not finite.</returns>
    public static ModelSnapshot? Of(
        ModelSpec spec, LearnerOptions options, ITrainingEngine engine, ulong seed, ReadOnlySpan<float> rows)
    {
        var (layout, count) = (new ParameterLayout(spec), rows.Length / spec.Features);
        var state = WeightInitializer.Create(layout, seed);
        WarmUp.Run(state, engine, options with { WarmUpSteps = options.WarmUpSteps * count / options.WarmUp }, rows);
        return SnapshotPublisher.Publish(
            layout, state.Weights, rows, count, version: 0, options.Publish with { AnchorWeight = 0 },
            history: FeatureScaler.Identity(spec.Features).Add(rows, count)).Snapshot;
    }
}
