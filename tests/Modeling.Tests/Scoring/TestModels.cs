using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Tests.Scoring;

internal static class TestModels
{
    public static float[] Rows(int count, int features, ulong seed)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling, 0);
        var rows = new float[count * features];
        for (var i = 0; i < rows.Length; i++) rows[i] = (float)((100 * (i % features)) + random.NextGaussian());
        return rows;
    }

    public static PublishResult Publish(
        ModelSpec spec, PublishOptions options, ModelSnapshot? anchor = null, int count = 300, ulong seed = 1)
    {
        var layout = new ParameterLayout(spec);
        var state = WeightInitializer.Create(layout, seed);
        return SnapshotPublisher.Publish(layout, state.Weights, Rows(count, spec.Features, seed), count, (long)seed, options, anchor);
    }
}
