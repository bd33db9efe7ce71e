using DagmmStream.Grains.Costs;
using DagmmStream.Grains.Models;
using DagmmStream.Grains.Partitions;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Grains.Tests.Costs;

/// <summary>What is estimated before a stream is created, beside what a partition of it then is.</summary>
public sealed class CostEstimatorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ModelPreset.Lite, 3, 1)]
    [InlineData(ModelPreset.Lite, 40, 1)]
    [InlineData(ModelPreset.Lite, 40, 4)]
    [InlineData(ModelPreset.Stream, 3, 1)]
    [InlineData(ModelPreset.Stream, 40, 8)]
    [InlineData(ModelPreset.Paper, 40, 1)]
    public void Estimate_Checkpoint_IsThatOfAPartitionWithAFullWindow(ModelPreset preset, int features, int partitions)
    {
        var definition = new StreamDefinition
        {
            Name = "s", Features = [.. Enumerable.Range(0, features).Select(i => $"x{i}")], Preset = preset, Partitions = partitions,
        };
        var (spec, options) = PartitionModel.Of(definition, 1);
        options = options with { WindowCapacity = PartitionModel.Of(definition).Options.WindowCapacity };
        var learner = new StreamLearner(spec, options, new SimdTrainingEngine(), 7);
        var random = new Random(7);
        var chunk = new float[options.ChunkSize * features];
        while (learner.Counters.Accepted < 2 * options.WindowCapacity)
        {
            Token.ThrowIfCancellationRequested();
            for (var i = 0; i < chunk.Length; i++) chunk[i] = (float)(random.NextDouble() + random.NextDouble());
            learner.Learn(chunk, options.ChunkSize);
        }

        var checkpoint = new PartitionCheckpoint
        {
            Schema = new ModelSchema(definition), Learner = learner, Watermarks = new WatermarkTable(1), Offset = learner.Counters.Seen,
            NotLearned = 0,
        };
        // The quarantine is seldom full.
        var (estimated, written) = (CostEstimator.Estimate(definition).CheckpointBytesPerPartition, checkpoint.Encode().Length);
        Assert.InRange(written, 0.65 * estimated, estimated);
    }

    [Fact]
    public void Estimate_LaggedInputs_AreColumnsOfTheModel()
    {
        var plain = new StreamDefinition { Name = "s", Features = ["a", "b"] };
        var one = CostEstimator.Estimate(plain);
        var lagged = CostEstimator.Estimate(plain with { Inputs = new InputDefinition { Lags = 4 } });
        Assert.Equal(5 * one.QueueBytesPerPartition, lagged.QueueBytesPerPartition);
        Assert.True(lagged.Parameters > one.Parameters);
        Assert.Equal(one.JournalBytesPerEvent, lagged.JournalBytesPerEvent);
    }
}
