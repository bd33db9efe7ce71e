using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Fitting;

/// <summary>The estimation network D-H-K (tanh, softmax) of the robust fit, taught the anchor by cross-entropy.</summary>
internal static class EstimationFit
{
    private const int MaximumBatch = 1024;

    /// <summary>Trains the network and writes its memberships of all rows over the responsibilities [K, n].</summary>
    /// <returns>Steps skipped because a gradient was not finite.</returns>
    public static int Teach(
        double[] z, int count, int dimension, double[] responsibilities, int components, OfflineFitOptions options, int member,
        CancellationToken cancellationToken)
    {
        var hidden = options.EstimationHidden;
        var (b1, w2) = (dimension * hidden, (dimension + 1) * hidden);
        var b2 = w2 + (hidden * components);
        var adam = new FitAdam(b2 + components);
        var random = FitSeeds.EstimationWeights(options.Seed, member);
        FitAdam.Glorot(adam.Weights.AsSpan(0, b1), dimension, hidden, 1, ref random);
        FitAdam.Glorot(adam.Weights.AsSpan(w2, b2 - w2), hidden, components, 1, ref random);
        var batch = Math.Min(MaximumBatch, count);
        var (x, t) = (new float[batch * dimension], new float[batch * hidden]);
        var (y, back, chosen, skipped) = (new float[batch * components], new float[batch * hidden], new int[batch], 0);
        for (var step = 0; step < options.EstimationSteps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = FitSeeds.EstimationBatch(options.Seed, member, step);
            for (var i = 0; i < batch; i++)
            {
                chosen[i] = rows.NextInt32(count);
                for (var j = 0; j < dimension; j++) x[(i * dimension) + j] = (float)z[(chosen[i] * dimension) + j];
            }

            Forward(adam.Weights, x, batch, dimension, hidden, components, t, y);
            for (var i = 0; i < batch; i++)
            for (var k = 0; k < components; k++)
                y[(i * components) + k] = (y[(i * components) + k] - (float)responsibilities[(k * count) + chosen[i]]) / batch;
            var g = adam.Gradient.AsSpan();
            FitKernel.Multiply(t, 1, hidden, y, g[w2..b2], hidden, batch, components);
            FitKernel.ColumnSums(y, g[b2..]);
            var transposed = FitKernel.Transpose(adam.Weights.AsSpan(w2, b2 - w2), hidden, components);
            FitKernel.Multiply(y, components, 1, transposed, back, batch, components, hidden);
            FitKernel.TanhGradient(back, t);
            FitKernel.Multiply(x, 1, dimension, back, g[..b1], dimension, batch, hidden);
            FitKernel.ColumnSums(back, g[b1..w2]);
            if (!adam.Step(options.EstimationRate, double.PositiveInfinity)) skipped++;
        }

        for (var start = 0; start < count; start += batch)
        {
            var rows = Math.Min(batch, count - start);
            for (var i = 0; i < rows * dimension; i++) x[i] = (float)z[(start * dimension) + i];
            Forward(adam.Weights, x, rows, dimension, hidden, components, t, y);
            for (var i = 0; i < rows; i++)
                for (var k = 0; k < components; k++) responsibilities[(k * count) + start + i] = y[(i * components) + k];
        }

        return skipped;
    }

    private static void Forward(
        float[] weights, float[] x, int rows, int dimension, int hidden, int components, float[] activated, float[] memberships)
    {
        ReadOnlySpan<float> w = weights;
        var (b1, w2) = (dimension * hidden, (dimension + 1) * hidden);
        var b2 = w2 + (hidden * components);
        FitKernel.Multiply(x, dimension, 1, w[..b1], activated, rows, dimension, hidden);
        FitKernel.BiasTanh(activated.AsSpan(0, rows * hidden), w[b1..w2], rows);
        FitKernel.Multiply(activated, hidden, 1, w[w2..b2], memberships, rows, hidden, components);
        FitKernel.AddBias(memberships, w[b2..], rows);
        Span<double> logits = new double[components];
        for (var i = 0; i < rows; i++)
        {
            var row = memberships.AsSpan(i * components, components);
            for (var k = 0; k < components; k++) logits[k] = row[k];
            var total = LogSum.Of(logits);
            for (var k = 0; k < components; k++) row[k] = (float)Math.Exp(logits[k] - total);
        }
    }
}
