using System.Runtime.CompilerServices;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// All buffers of a training step, and the step's forward and backward pass member by member. Rented from the engine's pool; one owner at
/// a time. Grows to the largest model and minibatch seen, then allocates nothing.
/// </summary>
internal sealed unsafe class SimdWorkspace
{
    private readonly Arena _arena = new();
    private readonly InputPass _input = new();
    private readonly LayerStack _encoder = new();
    private readonly LayerStack _decoder = new();
    private readonly LayerStack _estimation = new();
    private readonly ReconstructionPass _reconstruction = new();
    private readonly LatentPass _latent = new();
    private readonly MixturePass _mixturePass = new();
    private readonly EnergyPass _energy = new();
    private readonly MixtureTerms _mixture = new();
    private readonly MixtureTerms _mixtureGradient = new();
    private ParameterLayout _layout = null!;
    private RowShape _rows;
    private float* _weights;
    private float* _gradient;
    private float* _code;
    private float* _reconstructed;
    private float* _estimationInput;
    private float* _logits;
    private float* _mask;
    private float* _keep;
    private float* _kept;
    private float* _left;
    private float* _right;
    private float* _outputGradient;
    private float* _codeGradient;
    private double* _z;
    private double* _zGradient;
    private double* _logs;
    private double* _logGradient;

    /// <summary>Weights of one member [member length]: copied in by the caller.</summary>
    public Span<float> Weights => new(_weights, _layout.MemberLength);

    /// <summary>Gradient of all members [length], filled by <see cref="Run"/>.</summary>
    public Span<float> Gradient => new(_gradient, _layout.Length);

    /// <summary>Dropout mask of one member [rows, width], row-major: zeros and ones, filled by the caller.</summary>
    public Span<float> Mask => new(_mask, _rows.Rows * MaskWidth);

    /// <summary>Energies of the member run last [rows].</summary>
    public ReadOnlySpan<double> Energies => new(_energy.Energies, _rows.Rows);

    private ModelSpec Spec => _layout.Spec;

    private int MaskWidth => Spec.EstimationHidden.IsEmpty ? 0 : Spec.EstimationHidden[^1];

    /// <summary>Cuts the buffers for a model and a number of rows.</summary>
    public void Prepare(ParameterLayout layout, int rows)
    {
        (_layout, _rows) = (layout, new RowShape(rows));
        _arena.Count();
        Cut();
        _arena.Allocate();
        Cut();
    }

    /// <summary>Forward and backward pass of one member; its gradient replaces what stood in <see cref="Gradient"/>.</summary>
    /// <param name="index">The member.</param>
    /// <param name="batch">Scaled input [rows, d].</param>
    /// <param name="isDropped">True to use <see cref="Mask"/>.</param>
    /// <param name="reconstructionOnly">True for pre-training.</param>
    /// <returns>The objective's terms.</returns>
    public MemberTerms Run(int index, ReadOnlySpan<float> batch, bool isDropped, bool reconstructionOnly)
    {
        var member = Spec.Members[index];
        var x = _input.Columns(batch, member.InputMap);
        _encoder.Forward(_weights, x, _code, member.Activation, null, null);
        if (_layout.SkipOffset >= 0)
            DenseKernel.Multiply(Skip(_weights), null, x, _code, _rows, accumulate: true);
        _decoder.Forward(_weights, _code, _reconstructed, member.Activation, null, null);
        var terms = new MemberTerms { Reconstruction = _reconstruction.Loss(x, _reconstructed) };
        var gradient = _gradient + ((long)index * _layout.MemberLength);
        if (reconstructionOnly)
        {
            new Span<float>(gradient, _layout.MemberLength).Clear();
            _reconstruction.Backward(x, _reconstructed, null, null, _outputGradient);
            BackwardCoder(x, gradient, member, null);
            return terms with { Objective = terms.Reconstruction };
        }

        terms = ForwardMixture(member, isDropped, terms);
        // A mixture that is not finite has no gradient.
        if (!double.IsFinite(terms.Objective)) return terms;
        BackwardMixture(member, gradient, isDropped);
        var first = _zGradient + (Spec.Latent * _rows.Stride);
        var second = _zGradient + ((Spec.Latent + 1) * _rows.Stride);
        _reconstruction.Backward(x, _reconstructed, first, second, _outputGradient);
        BackwardCoder(x, gradient, member, _zGradient);
        return terms;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private MemberTerms ForwardMixture(MemberSpec member, bool isDropped, MemberTerms terms)
    {
        var (stride, d) = (_rows.Stride, Spec.LatentDimension);
        for (var j = 0; j < Spec.Latent; j++) ColumnKernel.Widen(_code + (j * stride), _z + (j * stride), _rows.Padded);
        _reconstruction.Features(_z + (Spec.Latent * stride), _z + ((Spec.Latent + 1) * stride));
        for (var j = 0; j < d; j++) _rows.ClearPadding(_z + (j * stride));
        if (Spec.StandardizeLatent) _latent.Forward(_z);
        for (var j = 0; j < d; j++) ColumnKernel.Narrow(_z + (j * stride), _estimationInput + (j * stride), _rows.Padded);
        if (isDropped) SpreadMask();
        _estimation.Forward(_weights, _estimationInput, _logits, Activation.Tanh, isDropped ? _keep : null, _kept);
        for (var k = 0; k < Spec.Components; k++) ColumnKernel.Widen(_logits + (k * stride), _logs + (k * stride), _rows.Padded);
        MembershipPass.Normalise(_logs, Spec.Components, _rows, null);
        for (var k = 0; k < Spec.Components; k++) _rows.FillPadding(_logs + (k * stride), double.NegativeInfinity);
        _mixturePass.Forward(_z, _logs, member, _mixture);
        var repairs = 0;
        var energy = _energy.Forward(_z, _mixture, ref repairs, out var penalty);
        var objective = terms.Reconstruction + (member.EnergyWeight * energy) + (member.PenaltyWeight * penalty);
        return terms with { Objective = objective, Energy = energy, Penalty = penalty, CholeskyRepairs = repairs };
    }

    /// <summary>From the energies back to z before standardisation; the estimation network's gradient on the way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardMixture(MemberSpec member, float* gradient, bool isDropped)
    {
        var (stride, d) = (_rows.Stride, Spec.LatentDimension);
        _energy.Backward(_mixture, member, _mixtureGradient, _zGradient);
        _mixturePass.Backward(_z, member, _mixtureGradient, _zGradient, _logGradient);
        MembershipPass.Backward(_logs, _logGradient, Spec.Components, _rows);
        for (var k = 0; k < Spec.Components; k++) ColumnKernel.Narrow(_logGradient + (k * stride), _logits + (k * stride), _rows.Padded);
        var scratch = new BackwardScratch(_left, _right, isDropped ? _keep : null, _kept);
        _estimation.Backward(_weights, gradient, _estimationInput, _logits, _codeGradient, Activation.Tanh, scratch);
        for (var j = 0; j < d; j++) ColumnKernel.AddWidened(_zGradient + (j * stride), _codeGradient + (j * stride), _rows.Padded);
        if (Spec.StandardizeLatent) _latent.Backward(_z, _zGradient);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardCoder(float* x, float* gradient, MemberSpec member, double* codeGradient)
    {
        var scratch = new BackwardScratch(_left, _right, null, null);
        _decoder.Backward(_weights, gradient, _code, _outputGradient, _codeGradient, member.Activation, scratch);
        for (var j = 0; codeGradient != null && j < Spec.Latent; j++)
            ColumnKernel.AddNarrowed(_codeGradient + (j * _rows.Stride), codeGradient + (j * _rows.Stride), _rows.Padded);
        if (_layout.SkipOffset >= 0) DenseKernel.Outer(Skip(gradient), _codeGradient, x, _rows);
        _encoder.Backward(_weights, gradient, x, _codeGradient, null, member.Activation, scratch);
    }

    private Matrix Skip(float* parameters) => Matrix.ByInputs(parameters + _layout.SkipOffset, Spec.Latent, Spec.Features);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SpreadMask()
    {
        var (width, scale) = (MaskWidth, (float)(1 / Spec.DropoutKeep));
        for (var j = 0; j < width; j++)
        {
            var column = _keep + (j * _rows.Stride);
            for (var i = 0; i < _rows.Rows; i++) column[i] = _mask[(i * width) + j] * scale;
            new Span<float>(column + _rows.Rows, _rows.Stride - _rows.Rows).Clear();
        }
    }

    private void Cut()
    {
        var (spec, stride) = (Spec, (long)_rows.Stride);
        _weights = _arena.Floats(_layout.MemberLength);
        _gradient = _arena.Floats(_layout.Length);
        _input.Cut(_arena, spec, _rows);
        _encoder.Cut(_arena, _layout.Encoder, _rows);
        _decoder.Cut(_arena, _layout.Decoder, _rows);
        _estimation.Cut(_arena, _layout.Estimation, _rows);
        _reconstruction.Cut(_arena, spec, _rows);
        _latent.Cut(_arena, spec.LatentDimension, _rows);
        _mixture.Cut(_arena, spec.Components, spec.LatentDimension);
        _mixtureGradient.Cut(_arena, spec.Components, spec.LatentDimension);
        _mixturePass.Cut(_arena, spec, _rows);
        _energy.Cut(_arena, spec, _rows);
        _code = _arena.Floats(spec.Latent * stride);
        _reconstructed = _arena.Floats(spec.Features * stride);
        _estimationInput = _arena.Floats(spec.LatentDimension * stride);
        _codeGradient = _arena.Floats(spec.LatentDimension * stride);
        _logits = _arena.Floats(spec.Components * stride);
        _outputGradient = _arena.Floats(spec.Features * stride);
        var (widest, dropped) = (Widest(), spec.DropoutKeep < 1 ? MaskWidth : 0);
        _left = _arena.Floats(widest * stride);
        _right = _arena.Floats(widest * stride);
        _mask = _arena.Floats(dropped * stride);
        _keep = _arena.Floats(dropped * stride);
        _kept = _arena.Floats(dropped * stride);
        _z = _arena.Doubles(spec.LatentDimension * stride);
        _zGradient = _arena.Doubles(spec.LatentDimension * stride);
        _logs = _arena.Doubles(spec.Components * stride);
        _logGradient = _arena.Doubles(spec.Components * stride);
    }

    private int Widest()
    {
        var widest = Spec.LatentDimension;
        foreach (var width in Spec.EncoderHidden) widest = Math.Max(widest, width);
        foreach (var width in Spec.EstimationHidden) widest = Math.Max(widest, width);
        return widest;
    }
}
