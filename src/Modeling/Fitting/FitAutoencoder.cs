using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Modeling.Fitting;

/// <summary>
/// The compression network of the robust fit: z_c = (x - m) P + MLP(x), x' = m + z_c P' + MLP(z_c / s), P the leading principal axes,
/// fixed; layers d-H-L and L-H-d, tanh inside. After <see cref="Train"/> immutable.
/// </summary>
internal sealed class FitAutoencoder
{
    // The correction starts small, so that training starts from principal components.
    private const float LastLayerFactor = 0.01f;
    private const double FinalRate = 0.02;
    private const double GradientClip = 1;
    private readonly int _features, _latent, _hidden;
    private readonly int _b1, _w2, _b2, _w3, _b3, _w4, _b4;
    private readonly float[] _mean, _axes, _axesTransposed, _inverseScale;
    private readonly FitAdam _adam;

    public FitAutoencoder(PrincipalAxes axes, int hidden, ref CounterRandom random)
    {
        var (features, latent) = (axes.Features, axes.Latent);
        (_features, _latent, _hidden) = (features, latent, hidden);
        (_mean, _axes, _inverseScale) = (axes.Mean, axes.Axes, axes.InverseScale);
        _axesTransposed = FitKernel.Transpose(_axes, features, latent);
        _b1 = features * hidden;
        _w2 = _b1 + hidden;
        _b2 = _w2 + (hidden * latent);
        _w3 = _b2 + latent;
        _b3 = _w3 + (latent * hidden);
        _w4 = _b3 + hidden;
        _b4 = _w4 + (hidden * features);
        _adam = new FitAdam(_b4 + features);
        var w = _adam.Weights.AsSpan();
        // As many axes as features reconstruct every row: nothing is left to correct, and the code stays linear in the input.
        var lastLayerFactor = latent < features ? LastLayerFactor : 0;
        FitAdam.Glorot(w[.._b1], features, hidden, 1, ref random);
        FitAdam.Glorot(w[_w2.._b2], hidden, latent, lastLayerFactor, ref random);
        FitAdam.Glorot(w[_w3.._b3], latent, hidden, 1, ref random);
        FitAdam.Glorot(w[_w4.._b4], hidden, features, lastLayerFactor, ref random);
    }

    /// <summary>Dimension of z: the latent code and, if it is smaller than the input, the root mean square of the residual.</summary>
    public int Dimension => _latent < _features ? _latent + 1 : _latent;

    public int Latent => _latent;

    public ReadOnlySpan<float> Mean => _mean;

    /// <summary>P [d, L].</summary>
    public ReadOnlySpan<float> Axes => _axes;

    /// <summary>Minimises mean ||x - x'||² / d; returns how many steps were skipped because a gradient was not finite.</summary>
    public int Train(ReadOnlySpan<float> rows, int count, OfflineFitOptions options, int member, CancellationToken cancellationToken)
    {
        if (_latent == _features) return 0;
        var batch = Math.Min(options.BatchRows, count);
        var x = new float[batch * _features];
        var work = new Workspace(batch, _features, _latent, _hidden);
        var skipped = 0;
        for (var step = 0; step < options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = FitSeeds.Batch(options.Seed, member, step);
            for (var i = 0; i < batch; i++)
                rows.Slice(random.NextInt32(count) * _features, _features).CopyTo(x.AsSpan(i * _features));
            Gradient(x, batch, work);
            var rate = options.LearningRate * (FinalRate + ((1 - FinalRate) * 0.5 * (1 + Math.Cos(Math.PI * step / options.Steps))));
            if (!_adam.Step(rate, GradientClip)) skipped++;
        }

        return skipped;
    }

    /// <summary>z of rows [n, D], not standardised.</summary>
    public void Encode(ReadOnlySpan<float> x, int rows, Workspace work, Span<double> z)
    {
        Forward(x, rows, work);
        var dimension = Dimension;
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < _latent; j++) z[(i * dimension) + j] = work.Code[(i * _latent) + j];
            if (dimension == _latent) continue;
            var sum = 0.0;
            for (var at = i * _features; at < (i + 1) * _features; at++) sum += Math.Pow(x[at] - work.Output[at], 2);
            z[(i * dimension) + _latent] = Math.Sqrt(sum / _features);
        }
    }

    private void Forward(ReadOnlySpan<float> x, int rows, Workspace work)
    {
        var (d, l, h) = (_features, _latent, _hidden);
        ReadOnlySpan<float> w = _adam.Weights;
        for (var at = 0; at < rows * d; at += d)
            for (var j = 0; j < d; j++) work.Centred[at + j] = x[at + j] - _mean[j];
        FitKernel.Multiply(x, d, 1, w[.._b1], work.EncoderHidden, rows, d, h);
        FitKernel.BiasTanh(work.EncoderHidden.AsSpan(0, rows * h), w[_b1.._w2], rows);
        FitKernel.Multiply(work.Centred, d, 1, _axes, work.Code, rows, d, l);
        FitKernel.Multiply(work.EncoderHidden, h, 1, w[_w2.._b2], work.Code, rows, h, l, add: true);
        FitKernel.AddBias(work.Code, w[_b2.._w3], rows);
        for (var i = 0; i < rows * l; i++) work.ScaledCode[i] = work.Code[i] * _inverseScale[i % l];
        FitKernel.Multiply(work.ScaledCode, l, 1, w[_w3.._b3], work.DecoderHidden, rows, l, h);
        FitKernel.BiasTanh(work.DecoderHidden.AsSpan(0, rows * h), w[_b3.._w4], rows);
        FitKernel.Multiply(work.Code, l, 1, _axesTransposed, work.Output, rows, l, d);
        FitKernel.Multiply(work.DecoderHidden, h, 1, w[_w4.._b4], work.Output, rows, h, d, add: true);
        FitKernel.AddBias(work.Output, w[_b4..], rows);
        FitKernel.AddBias(work.Output, _mean, rows);
    }

    private void Gradient(ReadOnlySpan<float> x, int rows, Workspace work)
    {
        Forward(x, rows, work);
        var (d, l, h) = (_features, _latent, _hidden);
        ReadOnlySpan<float> w = _adam.Weights;
        var g = _adam.Gradient.AsSpan();
        var output = work.Output.AsSpan(0, rows * d);
        for (var i = 0; i < output.Length; i++) output[i] = 2 * (output[i] - x[i]) / (rows * d);
        FitKernel.Multiply(work.DecoderHidden, 1, h, output, g[_w4.._b4], h, rows, d);
        FitKernel.ColumnSums(output, g[_b4..]);
        FitKernel.Multiply(output, d, 1, FitKernel.Transpose(w[_w4.._b4], h, d), work.HiddenGradient, rows, d, h);
        FitKernel.TanhGradient(work.HiddenGradient, work.DecoderHidden);
        FitKernel.Multiply(work.ScaledCode, 1, l, work.HiddenGradient, g[_w3.._b3], l, rows, h);
        FitKernel.ColumnSums(work.HiddenGradient, g[_b3.._w4]);
        FitKernel.Multiply(work.HiddenGradient, h, 1, FitKernel.Transpose(w[_w3.._b3], l, h), work.CodeGradient, rows, h, l);
        for (var i = 0; i < rows * l; i++) work.CodeGradient[i] *= _inverseScale[i % l];
        FitKernel.Multiply(output, d, 1, _axes, work.CodeGradient, rows, d, l, add: true);
        FitKernel.Multiply(work.EncoderHidden, 1, h, work.CodeGradient, g[_w2.._b2], h, rows, l);
        FitKernel.ColumnSums(work.CodeGradient, g[_b2.._w3]);
        FitKernel.Multiply(work.CodeGradient, l, 1, FitKernel.Transpose(w[_w2.._b2], h, l), work.HiddenGradient, rows, l, h);
        FitKernel.TanhGradient(work.HiddenGradient, work.EncoderHidden);
        FitKernel.Multiply(x, 1, d, work.HiddenGradient, g[.._b1], d, rows, h);
        FitKernel.ColumnSums(work.HiddenGradient, g[_b1.._w2]);
    }

    /// <summary>Scratch of one pass over at most so many rows.</summary>
    internal sealed class Workspace(int rows, int features, int latent, int hidden)
    {
        public float[] Centred { get; } = new float[rows * features];

        public float[] EncoderHidden { get; } = new float[rows * hidden];

        public float[] Code { get; } = new float[rows * latent];

        public float[] ScaledCode { get; } = new float[rows * latent];

        public float[] DecoderHidden { get; } = new float[rows * hidden];

        public float[] Output { get; } = new float[rows * features];

        public float[] HiddenGradient { get; } = new float[rows * hidden];

        public float[] CodeGradient { get; } = new float[rows * latent];
    }
}
