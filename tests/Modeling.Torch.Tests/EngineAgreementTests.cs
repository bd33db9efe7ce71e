using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Torch.Tests;

/// <summary>The managed engine beside Torch, from the same start on the same minibatches.</summary>
public sealed class EngineAgreementTests
{
    private const int Steps = 1000;
    private const int RowCount = 64;
    private const double Tolerance = 1e-3;

    [Theory]
    [InlineData("paper")]
    [InlineData("stream")]
    public void Step_OneThousandTimes_LossesAgree(string model)
    {
        var spec = model == "paper" ? ModelSpec.Paper(6, [12, 4], 1, 2) : ModelSpec.Stream(6);
        var expected = WeightInitializer.Create(new ParameterLayout(spec), 5);
        var got = expected.Clone();
        ITrainingEngine torch = new TorchTrainingEngine(), simd = new SimdTrainingEngine();
        var options = new StepOptions { LearningRate = 1e-4 };
        for (var step = 0; step < Steps; step++)
        {
            var batch = Minibatch(step, spec.Features);
            var (left, right) = (torch.Step(expected, batch, RowCount, options), simd.Step(got, batch, RowCount, options));
            Assert.True(left.Applied && right.Applied, $"step {step}");
            AssertClose(left.Objective, right.Objective, step);
            AssertClose(left.Reconstruction, right.Reconstruction, step);
        }

        Assert.Equal((expected.Step, expected.Updates), (got.Step, got.Updates));
    }

    private static void AssertClose(double expected, double got, int step) =>
        Assert.True(Math.Abs(expected - got) <= Tolerance * Math.Max(1, Math.Abs(expected)), $"step {step}: {got}, Torch {expected}");

    private static float[] Minibatch(int step, int features)
    {
        var random = new CounterRandom(31, RandomPurpose.Batch, (ulong)step);
        var values = new float[RowCount * features];
        for (var i = 0; i < values.Length; i++) values[i] = (float)((i / features % 3 == 0 ? -1 : 0.7) + (0.5 * random.NextGaussian()));
        return values;
    }
}
