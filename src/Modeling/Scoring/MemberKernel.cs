using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// One member of a snapshot laid out for single events: weights by inputs, so that vectors run over a layer's outputs, and the mixture
/// component by component in eight lanes. Every sum runs in the order of <see cref="WindowWorkspace"/>, so an event has the same energy,
/// bit for bit, alone and in a window. Immutable and thread-safe; scratch is the caller's.
/// </summary>
internal sealed unsafe class MemberKernel
{
    private const int Lanes = 8;
    private readonly ModelSpec _spec;
    private readonly MemberSpec _member;
    private readonly MemberSnapshot _snapshot;
    private readonly PackedLayers _encoder;
    private readonly PackedLayers _decoder;
    private readonly PackedLayers? _skip;
    private readonly double[] _means;
    private readonly double[] _factors;
    private readonly double[] _normalizers;

    /// <summary>Lays out a member.</summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="index">The member.</param>
    /// <param name="weights">The member's weights.</param>
    /// <param name="snapshot">The member's mixture and standardisation.</param>
    public MemberKernel(ParameterLayout layout, int index, ReadOnlySpan<float> weights, MemberSnapshot snapshot)
    {
        (_spec, _member, _snapshot) = (layout.Spec, layout.Spec.Members[index], snapshot);
        (_encoder, _decoder) = (PackedLayers.Of(layout.Encoder, weights), PackedLayers.Of(layout.Decoder, weights));
        if (layout.SkipOffset >= 0) _skip = PackedLayers.OfSkip(weights[layout.SkipOffset..], _spec.Features, _spec.Latent);
        var (mixture, d) = (snapshot.Mixture, _spec.LatentDimension);
        var blocks = (mixture.Components + Lanes - 1) / Lanes;
        _means = new double[blocks * d * Lanes];
        _factors = new double[blocks * d * (d + 1) / 2 * Lanes];
        _normalizers = new double[blocks * Lanes];
        // Lanes without a component: an identity factor keeps them finite, a normaliser of -inf keeps them out.
        for (int block = 0, at = 0; block < blocks; block++)
        for (var j = 0; j < d; at += (d - j++) * Lanes) _factors.AsSpan(at, Lanes).Fill(1);
        Array.Fill(_normalizers, double.NegativeInfinity);
        for (var k = 0; k < mixture.Components; k++) Interleave(mixture, k);
    }

    /// <summary>Scratch for an event [values], enough for any member of the model.</summary>
    public static int ScratchLength(ModelSpec spec) =>
        spec.LatentDimension * (Lanes + 1) + ((spec.Components + Lanes - 1) / Lanes * Lanes);

    /// <summary>Energy of one event (Zong et al. 2018, equation 6).</summary>
    /// <param name="scaled">Scaled features [d].</param>
    /// <param name="buffers">The caller's buffers.</param>
    /// <returns>The energy; may not be finite for an event so extreme that a network overflows.</returns>
    public double Energy(ReadOnlySpan<float> scaled, EventBuffers buffers)
    {
        fixed (float* input = buffers.Input, left = buffers.Left, right = buffers.Right, code = buffers.Code, output = buffers.Output)
        fixed (double* scratch = buffers.Mixture)
        {
            InputPass.Map(scaled, input, _member.InputMap);
            _encoder.Forward(input, code, left, right, _member.Activation);
            _skip?.Add(input, code);
            _decoder.Forward(code, output, left, right, _member.Activation);
            var z = scratch;
            Latent(input, code, output, z);
            return Energy(z, scratch + _spec.LatentDimension);
        }
    }

    private void Latent(float* input, float* code, float* output, double* z)
    {
        var (errors, inputs, outputs, products) = (0.0, 0.0, 0.0, 0.0);
        for (var j = 0; j < _spec.Features; j++)
        {
            double x = input[j], y = output[j];
            var error = x - y;
            errors = Math.FusedMultiplyAdd(error, error, errors);
            inputs = Math.FusedMultiplyAdd(x, x, inputs);
            outputs = Math.FusedMultiplyAdd(y, y, outputs);
            products = Math.FusedMultiplyAdd(x, y, products);
        }

        var sums = new RowSums(Vector512.Create(errors), Vector512.Create(inputs), Vector512.Create(outputs), Vector512.Create(products));
        var (first, second) = ReconstructionFeatureMath.Features(_spec, sums);
        for (var j = 0; j < _spec.Latent; j++) z[j] = code[j];
        (z[_spec.Latent], z[_spec.Latent + 1]) = (first[0], second[0]);
        if (!_spec.StandardizeLatent) return;
        for (var j = 0; j < _spec.LatentDimension; j++) z[j] = (z[j] - _snapshot.LatentMean[j]) / _snapshot.LatentDeviation[j];
    }

    /// <summary>Column by column: what is known of y is at once taken from all rows below, so that nothing waits for a long sum.</summary>
    private double Energy(double* z, double* scratch)
    {
        var d = _spec.LatentDimension;
        var joints = scratch + (d * Lanes);
        fixed (double* means = _means, factors = _factors, normalizers = _normalizers)
        {
            for (var block = 0; block * Lanes < _normalizers.Length; block++)
            {
                var mean = means + (block * d * Lanes);
                for (var i = 0; i < d; i++) (Vector512.Create(z[i]) - Vector512.Load(mean + (i * Lanes))).Store(scratch + (i * Lanes));
                var joint = Vector512.Load(normalizers + (block * Lanes));
                var factor = factors + (block * d * (d + 1) / 2 * Lanes);
                for (var j = 0; j < d; j++)
                {
                    var y = Vector512.Load(scratch + (j * Lanes)) / Vector512.Load(factor);
                    factor += Lanes;
                    for (var i = j + 1; i < d; i++, factor += Lanes)
                    {
                        var rest = scratch + (i * Lanes);
                        Vector512.FusedMultiplyAdd(-Vector512.Load(factor), y, Vector512.Load(rest)).Store(rest);
                    }

                    joint = Vector512.FusedMultiplyAdd(-0.5 * y, y, joint);
                }

                joint.Store(joints + (block * Lanes));
            }
        }

        return -LogSum(joints);
    }

    private double LogSum(double* joints)
    {
        var largest = joints[0];
        for (var k = 1; k < _spec.Components; k++) largest = Math.Max(largest, joints[k]);
        var sum = 0.0;
        for (var at = 0; at < _normalizers.Length; at += Lanes)
            VectorMath.Exp(Vector512.Load(joints + at) - Vector512.Create(largest)).Store(joints + at);
        for (var k = 0; k < _spec.Components; k++) sum += joints[k];
        return largest + Vector512.Log(Vector512.Create(sum))[0];
    }

    private void Interleave(Mixture mixture, int k)
    {
        var (d, block, lane) = (mixture.Dimension, k / Lanes, k % Lanes);
        _normalizers[k] = mixture.LogNormalizers[k];
        for (var j = 0; j < d; j++) _means[(((block * d) + j) * Lanes) + lane] = mixture.Means[(k * d) + j];
        var packed = mixture.Factors[k].Packed;
        var at = block * d * (d + 1) / 2;
        for (var j = 0; j < d; j++)
        for (var i = j; i < d; i++) _factors[(at++ * Lanes) + lane] = packed[(i * (i + 1) / 2) + j];
    }
}
