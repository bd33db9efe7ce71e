using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// The two products a dense layer needs, over columns: value j of all rows stands in one run of memory, a run is
/// <see cref="RowShape.Stride"/>
/// apart from the next, and rows are padded to whole vectors. Vectors run over rows, so no layer has a narrow case. Each result is summed
/// in
/// input (row) order by fused multiply-adds on 16 lanes, whatever the machine's vectors are: equal inputs give equal bits.
/// </summary>
internal static unsafe class DenseKernel
{
    private const int Lanes = RowShape.Lanes;

    /// <summary>output[o] = (bias[o] or output[o]) + sum over i of weight[o, i] input[i], for all rows.</summary>
    /// <param name="weights">The matrix as it is strided; swapped strides multiply by the transpose.</param>
    /// <param name="bias">Start values [outputs]; null for 0.</param>
    /// <param name="input">Columns [inputs, stride].</param>
    /// <param name="output">Columns [outputs, stride].</param>
    /// <param name="rows">Rows of both.</param>
    /// <param name="accumulate">True to add to what stands in the output; <paramref name="bias"/> is then not read.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(Matrix weights, float* bias, float* input, float* output, RowShape rows, bool accumulate)
    {
        var row = 0;
        for (; row + (4 * Lanes) <= rows.Padded; row += 4 * Lanes)
        {
            var o = 0;
            for (; o + 4 <= weights.Outputs; o += 4)
                MultiplyWide(weights, o, bias, input + row, output + row, rows.Stride, accumulate);
            for (; o < weights.Outputs; o++) MultiplyRow(weights, o, bias, input + row, output + row, rows.Stride, accumulate);
        }

        for (; row < rows.Padded; row += Lanes)
        {
            var o = 0;
            for (; o + 8 <= weights.Outputs; o += 8)
                MultiplyEight(weights, o, bias, input + row, output + row, rows.Stride, accumulate);
            for (; o < weights.Outputs; o++) MultiplyOne(weights, o, bias, input + row, output + row, rows.Stride, accumulate);
        }
    }

    /// <summary>weight[o, i] = sum over rows of left[o] right[i]; padding rows of <paramref name="left"/> must be 0.</summary>
    /// <param name="weights">Receives the products as it is strided.</param>
    /// <param name="left">Columns [outputs, stride].</param>
    /// <param name="right">Columns [inputs, stride], finite in the padding.</param>
    /// <param name="rows">Rows of both.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Outer(Matrix weights, float* left, float* right, RowShape rows)
    {
        if (weights.Outputs < 4 || weights.Inputs < 4)
        {
            for (var o = 0; o < weights.Outputs; o++)
            for (var i = 0; i < weights.Inputs; i++)
                *weights.At(o, i) = Dot(left + (o * rows.Stride), right + (i * rows.Stride), rows.Padded);
            return;
        }

        // The last block overlaps the one before it and finds the same sums again.
        for (var start = 0; start < weights.Outputs; start += 4)
        {
            var o = Math.Min(start, weights.Outputs - 4);
            for (var at = 0; at < weights.Inputs; at += 4)
            {
                var i = Math.Min(at, weights.Inputs - 4);
                OuterBlock(weights, o, i, left + (o * rows.Stride), right + (i * rows.Stride), rows);
            }
        }
    }

    /// <summary>sums[o] = sum over rows of columns[o].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(float* columns, int count, float* sums, RowShape rows)
    {
        for (var o = 0; o < count; o++, columns += rows.Stride)
        {
            var total = Vector512<float>.Zero;
            for (var row = 0; row < rows.Padded; row += Lanes) total += Vector512.Load(columns + row);
            sums[o] = Vector512.Sum(total);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot(float* left, float* right, int count)
    {
        var sum = Vector512<float>.Zero;
        for (var row = 0; row < count; row += Lanes)
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(left + row), Vector512.Load(right + row), sum);
        return Vector512.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyOne(Matrix weights, int o, float* bias, float* input, float* output, int stride, bool accumulate)
    {
        output += o * stride;
        var sum = accumulate ? Vector512.Load(output) : Bias(bias, o);
        var weight = weights.At(o, 0);
        for (var i = 0; i < weights.Inputs; i++, weight += weights.InputStride, input += stride)
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(*weight), Vector512.Load(input), sum);
        sum.Store(output);
    }

    /// <summary>Eight outputs of 16 rows: as many running sums as two multipliers need that take four cycles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyEight(Matrix weights, int o, float* bias, float* input, float* output, int stride, bool accumulate)
    {
        output += o * stride;
        Vector512<float> a, b, c, d, e, f, g, h;
        if (accumulate)
        {
            (a, b, c, d) = (Load(output, 0), Load(output, stride), Load(output, 2 * stride), Load(output, 3 * stride));
            (e, f, g, h) = (Load(output, 4 * stride), Load(output, 5 * stride), Load(output, 6 * stride), Load(output, 7 * stride));
        }
        else
        {
            (a, b, c, d) = (Bias(bias, o), Bias(bias, o + 1), Bias(bias, o + 2), Bias(bias, o + 3));
            (e, f, g, h) = (Bias(bias, o + 4), Bias(bias, o + 5), Bias(bias, o + 6), Bias(bias, o + 7));
        }

        float* w0 = weights.At(o, 0), w1 = weights.At(o + 1, 0), w2 = weights.At(o + 2, 0), w3 = weights.At(o + 3, 0);
        float* w4 = weights.At(o + 4, 0), w5 = weights.At(o + 5, 0), w6 = weights.At(o + 6, 0), w7 = weights.At(o + 7, 0);
        for (int i = 0, at = 0; i < weights.Inputs; i++, at += weights.InputStride, input += stride)
        {
            var x = Vector512.Load(input);
            a = Vector512.FusedMultiplyAdd(Vector512.Create(w0[at]), x, a);
            b = Vector512.FusedMultiplyAdd(Vector512.Create(w1[at]), x, b);
            c = Vector512.FusedMultiplyAdd(Vector512.Create(w2[at]), x, c);
            d = Vector512.FusedMultiplyAdd(Vector512.Create(w3[at]), x, d);
            e = Vector512.FusedMultiplyAdd(Vector512.Create(w4[at]), x, e);
            f = Vector512.FusedMultiplyAdd(Vector512.Create(w5[at]), x, f);
            g = Vector512.FusedMultiplyAdd(Vector512.Create(w6[at]), x, g);
            h = Vector512.FusedMultiplyAdd(Vector512.Create(w7[at]), x, h);
        }

        Store4(output, stride, a, b, c, d);
        Store4(output + (4 * stride), stride, e, f, g, h);
    }

    /// <summary>One output of 64 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyRow(Matrix weights, int o, float* bias, float* input, float* output, int stride, bool accumulate)
    {
        output += o * stride;
        Vector512<float> a, b, c, d;
        if (accumulate) Load4(output, out a, out b, out c, out d);
        else a = b = c = d = Bias(bias, o);
        var weight = weights.At(o, 0);
        for (var i = 0; i < weights.Inputs; i++, weight += weights.InputStride, input += stride)
        {
            var w = Vector512.Create(*weight);
            a = Vector512.FusedMultiplyAdd(w, Vector512.Load(input), a);
            b = Vector512.FusedMultiplyAdd(w, Vector512.Load(input + Lanes), b);
            c = Vector512.FusedMultiplyAdd(w, Vector512.Load(input + (2 * Lanes)), c);
            d = Vector512.FusedMultiplyAdd(w, Vector512.Load(input + (3 * Lanes)), d);
        }

        Store4(output, Lanes, a, b, c, d);
    }

    /// <summary>Four outputs of 64 rows: sixteen running sums, every loaded value used four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyWide(Matrix weights, int o, float* bias, float* input, float* output, int stride, bool accumulate)
    {
        float* o0 = output + (o * stride), o1 = o0 + stride, o2 = o1 + stride, o3 = o2 + stride;
        Vector512<float> a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3;
        if (accumulate)
        {
            Load4(o0, out a0, out b0, out c0, out d0);
            Load4(o1, out a1, out b1, out c1, out d1);
            Load4(o2, out a2, out b2, out c2, out d2);
            Load4(o3, out a3, out b3, out c3, out d3);
        }
        else
        {
            a0 = b0 = c0 = d0 = Bias(bias, o);
            a1 = b1 = c1 = d1 = Bias(bias, o + 1);
            a2 = b2 = c2 = d2 = Bias(bias, o + 2);
            a3 = b3 = c3 = d3 = Bias(bias, o + 3);
        }

        float* w0 = weights.At(o, 0), w1 = weights.At(o + 1, 0), w2 = weights.At(o + 2, 0), w3 = weights.At(o + 3, 0);
        for (int i = 0, at = 0; i < weights.Inputs; i++, at += weights.InputStride, input += stride)
        {
            var (a, b) = (Vector512.Load(input), Vector512.Load(input + Lanes));
            var (c, d) = (Vector512.Load(input + (2 * Lanes)), Vector512.Load(input + (3 * Lanes)));
            var w = Vector512.Create(w0[at]);
            a0 = Vector512.FusedMultiplyAdd(w, a, a0);
            b0 = Vector512.FusedMultiplyAdd(w, b, b0);
            c0 = Vector512.FusedMultiplyAdd(w, c, c0);
            d0 = Vector512.FusedMultiplyAdd(w, d, d0);
            w = Vector512.Create(w1[at]);
            a1 = Vector512.FusedMultiplyAdd(w, a, a1);
            b1 = Vector512.FusedMultiplyAdd(w, b, b1);
            c1 = Vector512.FusedMultiplyAdd(w, c, c1);
            d1 = Vector512.FusedMultiplyAdd(w, d, d1);
            w = Vector512.Create(w2[at]);
            a2 = Vector512.FusedMultiplyAdd(w, a, a2);
            b2 = Vector512.FusedMultiplyAdd(w, b, b2);
            c2 = Vector512.FusedMultiplyAdd(w, c, c2);
            d2 = Vector512.FusedMultiplyAdd(w, d, d2);
            w = Vector512.Create(w3[at]);
            a3 = Vector512.FusedMultiplyAdd(w, a, a3);
            b3 = Vector512.FusedMultiplyAdd(w, b, b3);
            c3 = Vector512.FusedMultiplyAdd(w, c, c3);
            d3 = Vector512.FusedMultiplyAdd(w, d, d3);
        }

        Store4(o0, Lanes, a0, b0, c0, d0);
        Store4(o1, Lanes, a1, b1, c1, d1);
        Store4(o2, Lanes, a2, b2, c2, d2);
        Store4(o3, Lanes, a3, b3, c3, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(float* from, int at) => Vector512.Load(from + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Bias(float* bias, int o) => Vector512.Create(bias == null ? 0 : bias[o]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load4(
        float* from, out Vector512<float> a, out Vector512<float> b, out Vector512<float> c, out Vector512<float> d)
    {
        (a, b) = (Vector512.Load(from), Vector512.Load(from + Lanes));
        (c, d) = (Vector512.Load(from + (2 * Lanes)), Vector512.Load(from + (3 * Lanes)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(float* to, int step, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        a.Store(to);
        b.Store(to + step);
        c.Store(to + (2 * step));
        d.Store(to + (3 * step));
    }

    /// <summary>Sixteen dot products at once: every loaded column is used four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OuterBlock(Matrix weights, int o, int i, float* left, float* right, RowShape rows)
    {
        float* l1 = left + rows.Stride, l2 = l1 + rows.Stride, l3 = l2 + rows.Stride;
        float* r1 = right + rows.Stride, r2 = r1 + rows.Stride, r3 = r2 + rows.Stride;
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default, s10 = default, s11 = default, s12 = default,
        s13 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default, s30 = default, s31 = default, s32 = default,
        s33 = default;
        for (var row = 0; row < rows.Padded; row += Lanes)
        {
            var (a, b) = (Vector512.Load(right + row), Vector512.Load(r1 + row));
            var (c, d) = (Vector512.Load(r2 + row), Vector512.Load(r3 + row));
            var l = Vector512.Load(left + row);
            (s00, s01) = (Vector512.FusedMultiplyAdd(l, a, s00), Vector512.FusedMultiplyAdd(l, b, s01));
            (s02, s03) = (Vector512.FusedMultiplyAdd(l, c, s02), Vector512.FusedMultiplyAdd(l, d, s03));
            l = Vector512.Load(l1 + row);
            (s10, s11) = (Vector512.FusedMultiplyAdd(l, a, s10), Vector512.FusedMultiplyAdd(l, b, s11));
            (s12, s13) = (Vector512.FusedMultiplyAdd(l, c, s12), Vector512.FusedMultiplyAdd(l, d, s13));
            l = Vector512.Load(l2 + row);
            (s20, s21) = (Vector512.FusedMultiplyAdd(l, a, s20), Vector512.FusedMultiplyAdd(l, b, s21));
            (s22, s23) = (Vector512.FusedMultiplyAdd(l, c, s22), Vector512.FusedMultiplyAdd(l, d, s23));
            l = Vector512.Load(l3 + row);
            (s30, s31) = (Vector512.FusedMultiplyAdd(l, a, s30), Vector512.FusedMultiplyAdd(l, b, s31));
            (s32, s33) = (Vector512.FusedMultiplyAdd(l, c, s32), Vector512.FusedMultiplyAdd(l, d, s33));
        }

        Store4(weights, o, i, s00, s01, s02, s03);
        Store4(weights, o + 1, i, s10, s11, s12, s13);
        Store4(weights, o + 2, i, s20, s21, s22, s23);
        Store4(weights, o + 3, i, s30, s31, s32, s33);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Store4(
        Matrix weights, int o, int i, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        *weights.At(o, i) = Vector512.Sum(a);
        *weights.At(o, i + 1) = Vector512.Sum(b);
        *weights.At(o, i + 2) = Vector512.Sum(c);
        *weights.At(o, i + 3) = Vector512.Sum(d);
    }
}
