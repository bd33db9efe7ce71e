using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// Dense layers for one row at a time: per layer the biases, then the weights of each input over all outputs, outputs padded to whole
/// vectors. Sums run over the inputs in order by fused multiply-adds, as in <see cref="DenseKernel"/>. Immutable.
/// </summary>
internal sealed unsafe class PackedLayers
{
    private const int Lanes = RowShape.Lanes;
    private readonly LayerShape[] _layers;
    private readonly float[] _values;

    private PackedLayers(LayerShape[] layers, float[] values) => (_layers, _values) = (layers, values);

    /// <summary>Packs a stack of layers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PackedLayers Of(ImmutableArray<LayerShape> layers, ReadOnlySpan<float> weights)
    {
        var (values, at) = (new float[layers.Sum(layer => (layer.Inputs + 1) * Pad(layer.Outputs))], 0);
        foreach (var layer in layers)
        {
            var padded = Pad(layer.Outputs);
            weights.Slice(layer.BiasOffset, layer.Outputs).CopyTo(values.AsSpan(at));
            at += padded;
            for (var i = 0; i < layer.Inputs; i++, at += padded)
            for (var o = 0; o < layer.Outputs; o++) values[at + o] = weights[layer.WeightOffset + (o * layer.Inputs) + i];
        }

        return new PackedLayers([.. layers], values);
    }

    /// <summary>Packs P [inputs, outputs], a layer without biases.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PackedLayers OfSkip(ReadOnlySpan<float> weights, int inputs, int outputs)
    {
        var padded = Pad(outputs);
        var values = new float[(inputs + 1) * padded];
        for (var i = 0; i < inputs; i++) weights.Slice(i * outputs, outputs).CopyTo(values.AsSpan((i + 1) * padded));
        return new PackedLayers([new LayerShape(inputs, outputs, 0, 0)], values);
    }

    /// <summary>Outputs of the last layer; hidden ones alternate between two buffers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(float* input, float* output, float* left, float* right, Activation activation)
    {
        fixed (float* values = _values)
        {
            var at = values;
            for (var index = 0; index < _layers.Length; index++)
            {
                var layer = _layers[index];
                var (isLast, padded) = (index == _layers.Length - 1, Pad(layer.Outputs));
                var to = isLast ? output : input == left ? right : left;
                new ReadOnlySpan<float>(at, padded).CopyTo(new Span<float>(to, padded));
                Add(at + padded, layer.Inputs, padded, input, to);
                if (!isLast) ActivationKernel.Apply(to, padded, activation);
                at += (layer.Inputs + 1) * padded;
                input = to;
            }
        }
    }

    /// <summary>Adds the first layer's outputs, without biases.</summary>
    public void Add(float* input, float* output)
    {
        var padded = Pad(_layers[0].Outputs);
        fixed (float* values = _values) Add(values + padded, _layers[0].Inputs, padded, input, output);
    }

    /// <summary>As <see cref="Forward"/> for a tile, by columns [width, <see cref="ScoringTile.Rows"/>]; the same bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ForwardTile(float* input, float* output, float* left, float* right, RowShape rows, Activation activation)
    {
        fixed (float* values = _values)
        {
            var at = values;
            for (var index = 0; index < _layers.Length; index++)
            {
                var layer = _layers[index];
                var (isLast, padded) = (index == _layers.Length - 1, Pad(layer.Outputs));
                var to = isLast ? output : input == left ? right : left;
                DenseKernel.Multiply(Packed(at + padded, layer, padded), at, input, to, rows, accumulate: false);
                if (!isLast) Activate(to, layer.Outputs, rows, activation);
                at += (layer.Inputs + 1) * padded;
                input = to;
            }
        }
    }

    /// <summary>As <see cref="Add(float*, float*)"/> for a tile; the same bits.</summary>
    public void AddTile(float* input, float* output, RowShape rows)
    {
        var padded = Pad(_layers[0].Outputs);
        fixed (float* values = _values)
            DenseKernel.Multiply(Packed(values + padded, _layers[0], padded), null, input, output, rows, accumulate: true);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Activate(float* columns, int count, RowShape rows, Activation activation)
    {
        if (rows.Padded == rows.Stride)
        {
            ActivationKernel.Apply(columns, count * rows.Stride, activation);
            return;
        }

        for (var o = 0; o < count; o++) ActivationKernel.Apply(columns + (o * rows.Stride), rows.Padded, activation);
    }

    private static Matrix Packed(float* start, LayerShape layer, int padded) =>
        new((nint)start, layer.Outputs, layer.Inputs, 1, padded);

    private static int Pad(int outputs) => (outputs + Lanes - 1) / Lanes * Lanes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* weights, int inputs, int padded, float* input, float* output)
    {
        var o = 0;
        for (; o + (4 * Lanes) <= padded; o += 4 * Lanes) Add4(weights + o, inputs, padded, input, output + o);
        for (; o < padded; o += Lanes)
        {
            var sum = Vector512.Load(output + o);
            var weight = weights + o;
            for (var i = 0; i < inputs; i++, weight += padded)
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(input[i]), Vector512.Load(weight), sum);
            sum.Store(output + o);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add4(float* weights, int inputs, int padded, float* input, float* output)
    {
        var (a, b) = (Vector512.Load(output), Vector512.Load(output + Lanes));
        var (c, d) = (Vector512.Load(output + (2 * Lanes)), Vector512.Load(output + (3 * Lanes)));
        for (var i = 0; i < inputs; i++, weights += padded)
        {
            var x = Vector512.Create(input[i]);
            a = Vector512.FusedMultiplyAdd(x, Vector512.Load(weights), a);
            b = Vector512.FusedMultiplyAdd(x, Vector512.Load(weights + Lanes), b);
            c = Vector512.FusedMultiplyAdd(x, Vector512.Load(weights + (2 * Lanes)), c);
            d = Vector512.FusedMultiplyAdd(x, Vector512.Load(weights + (3 * Lanes)), d);
        }

        a.Store(output);
        b.Store(output + Lanes);
        c.Store(output + (2 * Lanes));
        d.Store(output + (3 * Lanes));
    }
}
