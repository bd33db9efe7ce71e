using System.Numerics;
using System.Runtime.InteropServices;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Network;

/// <summary>
/// Forward pass of one member: input map, encoder with its linear path, decoder, reconstruction features, estimation network
/// (Zong et al. 2018, equations 1 to 4). Owns its scratch and allocates nothing; not thread-safe. What it computes for a row depends on
/// that row alone.
/// </summary>
/// <typeparam name="T">Precision of the networks; reconstruction features are in double in both.</typeparam>
public sealed class MemberNetwork<T>
    where T : struct, IBinaryFloatingPointIeee754<T>
{
    private const double ClipLimit = 10;
    private const double AsinhLimit = 1e6;

    // Beyond it a float network would overflow; scaled data are of order 1, so nothing real is touched.
    private const double UnmappedLimit = 1e12;
    private const double Leak = 0.1;
    private readonly ParameterLayout _layout;
    private readonly T[] _input;
    private readonly T[] _reconstruction;
    private readonly T[] _latent;
    private readonly T[] _estimationInput;
    private readonly T[] _logits;
    private readonly T[] _left;
    private readonly T[] _right;

    /// <summary>Creates the scratch for a model's members.</summary>
    /// <param name="layout">Layout of the model.</param>
    public MemberNetwork(ParameterLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        _layout = layout;
        var spec = layout.Spec;
        (_input, _reconstruction) = (new T[spec.Features], new T[spec.Features]);
        (_latent, _estimationInput, _logits) = (new T[spec.Latent], new T[spec.LatentDimension], new T[spec.Components]);
        var widest = layout.Encoder.Concat(layout.Decoder).Concat(layout.Estimation).Max(layer => layer.Outputs);
        (_left, _right) = (new T[widest], new T[widest]);
    }

    /// <summary>The mapped input of the last <see cref="Encode"/> [d].</summary>
    public ReadOnlySpan<T> Input => _input;

    /// <summary>The reconstruction x' of the last <see cref="Encode"/> [d].</summary>
    public ReadOnlySpan<T> Reconstruction => _reconstruction;

    /// <summary>Computes z = [z_c, z_r] of one row, not standardised.</summary>
    /// <param name="weights">The member's weights [<see cref="ParameterLayout.MemberLength"/>].</param>
    /// <param name="member">The member.</param>
    /// <param name="scaled">Scaled features [d], finite.</param>
    /// <param name="z">Receives z [D].</param>
    /// <returns>Squared reconstruction error, summed over the features.</returns>
    public double Encode(ReadOnlySpan<T> weights, MemberSpec member, ReadOnlySpan<T> scaled, Span<double> z)
    {
        ArgumentNullException.ThrowIfNull(member);
        Map(scaled, member.InputMap);
        Stack(_layout.Encoder.AsSpan(), weights, _input, _latent, member.Activation, default);
        if (_layout.SkipOffset >= 0) AddSkip(weights);
        Stack(_layout.Decoder.AsSpan(), weights, _latent, _reconstruction, member.Activation, default);
        var latent = _layout.Spec.Latent;
        for (var j = 0; j < latent; j++) z[j] = double.CreateTruncating(_latent[j]);
        return Features(z[latent..]);
    }

    /// <summary>Logarithms of the memberships of one row: log softmax of the estimation network (Zong et al. 2018, equation 4).</summary>
    /// <param name="weights">The member's weights.</param>
    /// <param name="z">z [D], standardised if the model says so.</param>
    /// <param name="dropout">Zeros and ones [last estimation hidden width]; empty for no dropout.</param>
    /// <param name="logMemberships">Receives the logarithms [K].</param>
    public void LogMemberships(ReadOnlySpan<T> weights, ReadOnlySpan<double> z, ReadOnlySpan<double> dropout, Span<double> logMemberships)
    {
        for (var j = 0; j < _estimationInput.Length; j++) _estimationInput[j] = T.CreateTruncating(z[j]);
        Stack(_layout.Estimation.AsSpan(), weights, _estimationInput, _logits, Activation.Tanh, dropout);
        for (var k = 0; k < _logits.Length; k++) logMemberships[k] = double.CreateTruncating(_logits[k]);
        var total = LogSum.Of(logMemberships[.._logits.Length]);
        for (var k = 0; k < _logits.Length; k++) logMemberships[k] -= total;
    }

    private static T Activate(T value, Activation activation) => activation switch
    {
        Activation.Tanh => T.Tanh(value),
        _ => value >= T.Zero ? value : value * T.CreateTruncating(Leak),
    };

    private static T Dot(ReadOnlySpan<T> left, ReadOnlySpan<T> right) => typeof(T) == typeof(float)
        ? T.CreateTruncating(DenseMath.DotWide(MemoryMarshal.Cast<T, float>(left), MemoryMarshal.Cast<T, float>(right)))
        : DenseMath.Dot(left, right);

    private void Map(ReadOnlySpan<T> scaled, InputMap map)
    {
        for (var j = 0; j < _input.Length; j++)
        {
            var value = double.CreateTruncating(scaled[j]);
            _input[j] = T.CreateTruncating(map switch
            {
                InputMap.Clip => Math.Clamp(value, -ClipLimit, ClipLimit),
                InputMap.Asinh => Math.Asinh(Math.Clamp(value, -AsinhLimit, AsinhLimit)),
                _ => Math.Clamp(value, -UnmappedLimit, UnmappedLimit),
            });
        }
    }

    private void Stack(
        ReadOnlySpan<LayerShape> layers, ReadOnlySpan<T> weights, T[] input, T[] output, Activation activation,
        ReadOnlySpan<double> dropout)
    {
        var from = input;
        for (var index = 0; index < layers.Length; index++)
        {
            var layer = layers[index];
            var last = index == layers.Length - 1;
            var to = last ? output : from == _left ? _right : _left;
            for (var o = 0; o < layer.Outputs; o++)
            {
                var row = weights.Slice(layer.WeightOffset + (o * layer.Inputs), layer.Inputs);
                var value = weights[layer.BiasOffset + o] + Dot(row, from.AsSpan(0, layer.Inputs));
                to[o] = last ? value : Activate(value, activation);
            }

            if (index == layers.Length - 2 && !dropout.IsEmpty)
                for (var o = 0; o < layer.Outputs; o++) to[o] *= T.CreateTruncating(dropout[o] / _layout.Spec.DropoutKeep);
            from = to;
        }
    }

    private void AddSkip(ReadOnlySpan<T> weights)
    {
        for (var i = 0; i < _input.Length; i++)
        {
            var row = weights.Slice(_layout.SkipOffset + (i * _latent.Length), _latent.Length);
            for (var j = 0; j < row.Length; j++) _latent[j] += _input[i] * row[j];
        }
    }

    private double Features(Span<double> features)
    {
        var (error, inputs, outputs, product) = (0.0, 0.0, 0.0, 0.0);
        for (var j = 0; j < _input.Length; j++)
        {
            var (x, y) = (double.CreateTruncating(_input[j]), double.CreateTruncating(_reconstruction[j]));
            error += (x - y) * (x - y);
            inputs += x * x;
            outputs += y * y;
            product += x * y;
        }

        var spec = _layout.Spec;
        (features[0], features[1]) = spec.ReconstructionFeatures == ReconstructionFeatures.Log
            ? ReconstructionMath.Log(error, inputs, outputs, product, spec.Features)
            : ReconstructionMath.Paper(error, inputs, outputs, product, spec.NormEpsilon);
        return error;
    }
}
