using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Tests.Training;

public sealed class AdamUpdateTests
{
    private const double Rate = 2e-3;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryApply_ManyUpdates_GivesTheBitsOfTheFormulaOneByOne(bool isClipped)
    {
        var spec = ModelSpec.Paper(5, [7, 3], 1, 2) with { GradientClip = isClipped ? 0.5 : 0 };
        var layout = new ParameterLayout(spec);
        var state = WeightInitializer.Create(layout, 3);
        var (weights, first, second) = (state.Weights.ToArray(), new float[layout.Length], new float[layout.Length]);
        for (var update = 1; update <= 20; update++)
        {
            var gradient = Gradient(layout.Length, (ulong)update);
            Assert.True(AdamUpdate.TryApply(state, gradient, new StepOptions { LearningRate = Rate }));
            // The gradient is clipped in place, so the reference starts from what was applied.
            for (var i = 0; i < gradient.Length; i++) Reference(ref weights[i], ref first[i], ref second[i], gradient[i], update);
            Assert.Equal(isClipped, Norm(gradient) <= 0.5001);
        }

        Assert.Equal(weights, state.Weights);
        Assert.Equal(first, state.FirstMoment);
        Assert.Equal(second, state.SecondMoment);
    }

    [Fact]
    public void TryApply_GradientNotFinite_ChangesNothing()
    {
        var state = WeightInitializer.Create(new ParameterLayout(ModelSpec.Paper(5, [7, 3], 1, 2)), 3);
        var before = state.Clone();
        var gradient = Gradient(state.Layout.Length, 1);
        gradient[^1] = float.PositiveInfinity;
        Assert.False(AdamUpdate.TryApply(state, gradient, new StepOptions { LearningRate = Rate }));
        Assert.Equal(before.Weights, state.Weights);
        Assert.Equal(before.FirstMoment, state.FirstMoment);
        Assert.Equal(0, state.Updates);
    }

    private static void Reference(ref float weight, ref float m, ref float v, float g, int update)
    {
        m = MathF.FusedMultiplyAdd(0.9f, m, 0.1f * g);
        v = MathF.FusedMultiplyAdd(0.999f, v, 0.001f * g * g);
        var (step, root) = ((float)(Rate / (1 - Math.Pow(0.9, update))), (float)(1 / Math.Sqrt(1 - Math.Pow(0.999, update))));
        var change = step * m / MathF.FusedMultiplyAdd(MathF.Sqrt(v), root, 1e-8f);
        var precise = Rate * (m / (1 - Math.Pow(0.9, update))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, update))) + 1e-8);
        Assert.Equal(precise, change, Math.Abs(precise) * 1e-6);
        weight -= change;
    }

    private static double Norm(float[] values) => Math.Sqrt(values.Sum(value => (double)value * value));

    private static float[] Gradient(int length, ulong index)
    {
        var random = new CounterRandom(4, RandomPurpose.Batch, index);
        var values = new float[length];
        for (var i = 0; i < length; i++) values[i] = (float)random.NextGaussian();
        return values;
    }
}
