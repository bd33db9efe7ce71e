using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Streaming;

/// <summary>The first training of a model: steps on random minibatches of the first events, the reconstruction alone at first.</summary>
internal static class WarmUp
{
    /// <summary>Trains a model on its first events; a pure function of its arguments.</summary>
    /// <param name="state">The initial state; changed.</param>
    /// <param name="engine">Runs the steps.</param>
    /// <param name="options">How the stream learns.</param>
    /// <param name="rows">Raw features of the events [n, d].</param>
    /// <param name="taken">Told of every step; null for nobody.</param>
    public static void Run(
        TrainingState state, ITrainingEngine engine, LearnerOptions options, ReadOnlySpan<float> rows, Action<StepResult>? taken = null)
    {
        var features = state.Layout.Spec.Features;
        var count = rows.Length / features;
        var scaler = FeatureScaler.Of(rows, count, features, options.Publish.ScalerKind);
        var inBatch = Math.Min(options.WarmUpRows, count);
        var batch = new float[inBatch * features];
        for (var step = 0; step < options.WarmUpSteps; step++)
        {
            var progress = (double)step / options.WarmUpSteps;
            var random = new CounterRandom(state.Seed, RandomPurpose.Batch, (ulong)state.Step);
            for (var i = 0; i < inBatch; i++)
                scaler.Transform(rows.Slice(random.NextInt32(count) * features, features), batch.AsSpan(i * features, features));
            var rate = options.WarmUpLearningRate * (progress < options.WarmUpDecayAfter ? 1 : options.WarmUpDecay);
            var result = engine.Step(state, batch, inBatch, new StepOptions
            {
                LearningRate = rate, ReconstructionOnly = progress < options.WarmUpReconstruction,
            });
            taken?.Invoke(result);
        }
    }
}
