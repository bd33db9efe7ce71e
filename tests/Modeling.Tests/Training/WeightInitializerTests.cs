using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Tests.Training;

public class WeightInitializerTests
{
    [Fact]
    public void Create_SameSeed_SameBitsAndOtherSeedDiffers()
    {
        var layout = new ParameterLayout(ModelSpec.Stream(9));
        var state = WeightInitializer.Create(layout, 3);
        Assert.Equal(state.Weights, WeightInitializer.Create(layout, 3).Weights);
        Assert.NotEqual(state.Weights, WeightInitializer.Create(layout, 4).Weights);
        Assert.All(state.FirstMoment.Concat(state.SecondMoment), value => Assert.Equal(0, value));
        Assert.NotEqual(state.Weights[..layout.Encoder[0].BiasOffset],
            state.Weights[layout.MemberLength..][..layout.Encoder[0].BiasOffset]);
    }

    [Fact]
    public void Create_AnyLayer_IsWithinGlorotLimitAndBiasIsZero()
    {
        var layout = new ParameterLayout(ModelSpec.Paper(20, [10], 2, 2));
        var state = WeightInitializer.Create(layout, 11);
        foreach (var layer in layout.Encoder.Concat(layout.Decoder).Concat(layout.Estimation))
        {
            var limit = Math.Sqrt(6.0 / (layer.Inputs + layer.Outputs)) * (1 + 1e-6);
            var weights = state.Weights.AsSpan(layer.WeightOffset, layer.Inputs * layer.Outputs).ToArray();
            Assert.All(weights, weight => Assert.InRange(weight, -limit, limit));
            Assert.True(weights.Max(Math.Abs) > 0.7 * limit);
            Assert.All(state.Weights.AsSpan(layer.BiasOffset, layer.Outputs).ToArray(), bias => Assert.Equal(0, bias));
        }
    }

    [Fact]
    public void Create_LatentAtLeastFeatures_SkipIsIdentity()
    {
        var layout = new ParameterLayout(ModelSpec.Stream(6));
        var weights = WeightInitializer.Create(layout, 1).Weights;
        for (var i = 0; i < 6; i++)
        for (var j = 0; j < 6; j++) Assert.Equal(i == j ? 1 : 0, weights[layout.SkipOffset + (i * 6) + j]);
    }

    [Fact]
    public void Create_MoreFeaturesThanLatent_SkipHasOrthonormalColumns()
    {
        var spec = ModelSpec.Stream(40);
        var layout = new ParameterLayout(spec);
        var weights = WeightInitializer.Create(layout, 1).Weights;
        for (var a = 0; a < spec.Latent; a++)
        for (var b = 0; b <= a; b++)
        {
            var dot = 0.0;
            for (var i = 0; i < spec.Features; i++)
                dot += (double)weights[layout.SkipOffset + (i * spec.Latent) + a] * weights[layout.SkipOffset + (i * spec.Latent) + b];
            Assert.Equal(a == b ? 1 : 0, dot, 1e-6);
        }
    }
}
