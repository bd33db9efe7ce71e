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
    public static void Multiply(Matrix weights, float* bias, float* input, float* output, RowShape rows, bool accumulate)
    {
        for (var row = 0; row < rows.Padded; row += 2 * Lanes)
        {
            var isPair = row + Lanes < rows.Padded;
            var o = 0;
            if (isPair)
            {
                for (; o + 4 <= weights.Outputs; o += 4)
                    MultiplyBlock(weights, o, bias, input + row, output + row, rows.Stride, accumulate);
            }

            for (; o < weights.Outputs; o++)
            {
                MultiplyRow(weights, o, bias, input + row, output + row, rows.Stride, accumulate);
                if (isPair) MultiplyRow(weights, o, bias, input + row + Lanes, output + row + Lanes, rows.Stride, accumulate);
            }
        }
    }

    /// <summary>weight[o, i] = sum over rows of left[o] right[i]; padding rows of <paramref name="left"/> must be 0.</summary>
    /// <param name="weights">Receives the products as it is strided.</param>
    /// <param name="left">Columns [outputs, stride].</param>
    /// <param name="right">Columns [inputs, stride], finite in the padding.</param>
    /// <param name="rows">Rows of both.</param>
    public static void Outer(Matrix weights, float* left, float* right, RowShape rows)
    {
        var (outputs, inputs) = (weights.Outputs & ~3, weights.Inputs & ~3);
        for (var o = 0; o < outputs; o += 4)
        for (var i = 0; i < inputs; i += 4)
            OuterBlock(weights, o, i, left + (o * rows.Stride), right + (i * rows.Stride), rows);
        for (var o = 0; o < weights.Outputs; o++)
        for (var i = o < outputs ? inputs : 0; i < weights.Inputs; i++)
            *weights.At(o, i) = Dot(left + (o * rows.Stride), right + (i * rows.Stride), rows.Padded);
    }

    /// <summary>sums[o] = sum over rows of columns[o].</summary>
    public static void Sum(float* columns, int count, float* sums, RowShape rows)
    {
        for (var o = 0; o < count; o++, columns += rows.Stride)
        {
            var total = Vector512<float>.Zero;
            for (var row = 0; row < rows.Padded; row += Lanes) total += Vector512.Load(columns + row);
            sums[o] = Vector512.Sum(total);
        }
    }

    private static float Dot(float* left, float* right, int count)
    {
        var sum = Vector512<float>.Zero;
        for (var row = 0; row < count; row += Lanes)
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(left + row), Vector512.Load(right + row), sum);
        return Vector512.Sum(sum);
    }

    private static void MultiplyRow(Matrix weights, int o, float* bias, float* input, float* output, int stride, bool accumulate)
    {
        output += o * stride;
        var sum = accumulate ? Vector512.Load(output) : Vector512.Create(bias == null ? 0 : bias[o]);
        var weight = weights.At(o, 0);
        for (var i = 0; i < weights.Inputs; i++, weight += weights.InputStride, input += stride)
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(*weight), Vector512.Load(input), sum);
        sum.Store(output);
    }

    /// <summary>Four outputs of 32 rows: eight running sums hide the latency of a multiply-add.</summary>
    private static void MultiplyBlock(Matrix weights, int o, float* bias, float* input, float* output, int stride, bool accumulate)
    {
        float* o0 = output + (o * stride), o1 = o0 + stride, o2 = o1 + stride, o3 = o2 + stride;
        Vector512<float> a0, a1, a2, a3, b0, b1, b2, b3;
        if (accumulate)
        {
            (a0, a1, a2, a3) = (Vector512.Load(o0), Vector512.Load(o1), Vector512.Load(o2), Vector512.Load(o3));
            (b0, b1, b2, b3) = (Vector512.Load(o0 + Lanes), Vector512.Load(o1 + Lanes), Vector512.Load(o2 + Lanes),
                Vector512.Load(o3 + Lanes));
        }
        else
        {
            a0 = b0 = Vector512.Create(bias == null ? 0 : bias[o]);
            a1 = b1 = Vector512.Create(bias == null ? 0 : bias[o + 1]);
            a2 = b2 = Vector512.Create(bias == null ? 0 : bias[o + 2]);
            a3 = b3 = Vector512.Create(bias == null ? 0 : bias[o + 3]);
        }

        float* w0 = weights.At(o, 0), w1 = weights.At(o + 1, 0), w2 = weights.At(o + 2, 0), w3 = weights.At(o + 3, 0);
        for (int i = 0, at = 0; i < weights.Inputs; i++, at += weights.InputStride, input += stride)
        {
            var (a, b) = (Vector512.Load(input), Vector512.Load(input + Lanes));
            var w = Vector512.Create(w0[at]);
            a0 = Vector512.FusedMultiplyAdd(w, a, a0);
            b0 = Vector512.FusedMultiplyAdd(w, b, b0);
            w = Vector512.Create(w1[at]);
            a1 = Vector512.FusedMultiplyAdd(w, a, a1);
            b1 = Vector512.FusedMultiplyAdd(w, b, b1);
            w = Vector512.Create(w2[at]);
            a2 = Vector512.FusedMultiplyAdd(w, a, a2);
            b2 = Vector512.FusedMultiplyAdd(w, b, b2);
            w = Vector512.Create(w3[at]);
            a3 = Vector512.FusedMultiplyAdd(w, a, a3);
            b3 = Vector512.FusedMultiplyAdd(w, b, b3);
        }

        a0.Store(o0);
        a1.Store(o1);
        a2.Store(o2);
        a3.Store(o3);
        b0.Store(o0 + Lanes);
        b1.Store(o1 + Lanes);
        b2.Store(o2 + Lanes);
        b3.Store(o3 + Lanes);
    }

    /// <summary>Sixteen dot products at once: every loaded column is used four times.</summary>
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

    private static void Store4(
        Matrix weights, int o, int i, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        *weights.At(o, i) = Vector512.Sum(a);
        *weights.At(o, i + 1) = Vector512.Sum(b);
        *weights.At(o, i + 2) = Vector512.Sum(c);
        *weights.At(o, i + 3) = Vector512.Sum(d);
    }
}
