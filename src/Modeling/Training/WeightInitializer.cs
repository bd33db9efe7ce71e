using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training;

/// <summary>Creates the initial training state of a model, a pure function of (layout, seed).</summary>
public static class WeightInitializer
{
    /// <summary>Factor of the last encoder layer's weights beside a linear skip (docs/model.md, Stream preset).</summary>
    public const double SkipEncoderFactor = 0.3;

    /// <summary>
    /// Weights Glorot-uniform (Glorot and Bengio 2010, equation 16), biases and moments zero. With <see cref="ModelSpec.LinearSkip"/> P is
    /// the identity if L ≥ d, else has random orthonormal columns, and the last encoder layer's weights are multiplied by
    /// <see cref="SkipEncoderFactor"/>. Members get different weights.
    /// </summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="seed">Key of all randomness of the training.</param>
    /// <returns>A new state at step 0.</returns>
    public static TrainingState Create(ParameterLayout layout, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(layout);
        var weights = new float[layout.Length];
        for (var member = 0; member < layout.Spec.Members.Length; member++)
        {
            var random = new CounterRandom(seed, RandomPurpose.Weights, (ulong)member);
            FillMember(layout, weights.AsSpan(member * layout.MemberLength, layout.MemberLength), ref random);
        }

        return new TrainingState(layout, weights, new float[layout.Length], new float[layout.Length], seed);
    }

    private static void FillMember(ParameterLayout layout, Span<float> weights, ref CounterRandom random)
    {
        foreach (var layer in layout.Encoder) FillLayer(layer, weights, ref random);
        foreach (var layer in layout.Decoder) FillLayer(layer, weights, ref random);
        foreach (var layer in layout.Estimation) FillLayer(layer, weights, ref random);
        if (!layout.Spec.LinearSkip) return;
        var last = layout.Encoder[^1];
        foreach (ref var weight in weights.Slice(last.WeightOffset, last.Inputs * last.Outputs))
            weight = (float)(weight * SkipEncoderFactor);
        FillSkip(weights[layout.SkipOffset..], layout.Spec.Features, layout.Spec.Latent, ref random);
    }

    private static void FillLayer(LayerShape layer, Span<float> weights, ref CounterRandom random)
    {
        var limit = Math.Sqrt(6.0 / (layer.Inputs + layer.Outputs));
        foreach (ref var weight in weights.Slice(layer.WeightOffset, layer.Inputs * layer.Outputs))
            weight = (float)(((2 * random.NextDouble()) - 1) * limit);
    }

    private static void FillSkip(Span<float> skip, int features, int latent, ref CounterRandom random)
    {
        if (latent >= features)
        {
            for (var i = 0; i < features; i++) skip[(i * latent) + i] = 1;
            return;
        }

        var columns = OrthonormalColumns(features, latent, ref random);
        for (var i = 0; i < features; i++)
        for (var j = 0; j < latent; j++) skip[(i * latent) + j] = (float)columns[j][i];
    }

    /// <summary>Gram and Schmidt twice, which is enough for orthogonality to rounding error (Giraud et al. 2005).</summary>
    private static double[][] OrthonormalColumns(int rows, int count, ref CounterRandom random)
    {
        var columns = new double[count][];
        for (var j = 0; j < count; j++)
        {
            var column = columns[j] = new double[rows];
            double norm;
            do
            {
                for (var i = 0; i < rows; i++) column[i] = random.NextGaussian();
                for (var pass = 0; pass < 2; pass++)
                for (var k = 0; k < j; k++) Subtract(column, columns[k]);
                norm = Math.Sqrt(Dot(column, column));
            }
            while (norm < 1e-6);
            for (var i = 0; i < rows; i++) column[i] /= norm;
        }

        return columns;
    }

    private static void Subtract(double[] column, double[] direction)
    {
        var share = Dot(column, direction);
        for (var i = 0; i < column.Length; i++) column[i] -= share * direction[i];
    }

    private static double Dot(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++) sum += left[i] * right[i];
        return sum;
    }
}
