using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace DagmmStream.Modeling.Fitting;

/// <summary>The matrix product and the activation of the offline fit, in the machine's vectors.</summary>
internal static class FitKernel
{
    private const int TileRows = 4;
    private static readonly int TileColumns = 2 * Vector<float>.Count;

    /// <summary>
    /// c = a b, or c += a b; a [rows, inner] by strides (so that a transposed matrix needs no copy), b [inner, columns], c [rows, columns].
    /// </summary>
    public static void Multiply(
        ReadOnlySpan<float> a, int rowStride, int innerStride, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns,
        bool add = false)
    {
        var padded = (columns + TileColumns - 1) / TileColumns * TileColumns;
        var rented = ArrayPool<float>.Shared.Rent(inner * padded);
        var right = rented.AsSpan(0, inner * padded);
        for (var i = 0; i < inner; i++)
        {
            b.Slice(i * columns, columns).CopyTo(right[(i * padded)..]);
            right.Slice((i * padded) + columns, padded - columns).Clear();
        }

        Span<float> tile = stackalloc float[TileRows * TileColumns];
        for (var row = 0; row < rows; row += TileRows)
        for (var column = 0; column < columns; column += TileColumns)
        {
            MultiplyTile(a, rowStride, innerStride, right[column..], padded, tile, row, Math.Min(TileRows, rows - row), inner);
            var width = Math.Min(TileColumns, columns - column);
            for (var r = 0; r < Math.Min(TileRows, rows - row); r++)
            {
                var target = c.Slice(((row + r) * columns) + column, width);
                var source = tile.Slice(r * TileColumns, width);
                if (!add) source.CopyTo(target);
                else for (var j = 0; j < width; j++) target[j] += source[j];
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>The transpose [columns, rows] of a matrix [rows, columns].</summary>
    public static float[] Transpose(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        var result = new float[matrix.Length];
        for (var i = 0; i < rows; i++)
        for (var j = 0; j < columns; j++) result[(j * rows) + i] = matrix[(i * columns) + j];
        return result;
    }

    /// <summary>tanh(v + bias) of every row, as 1 - 2 / (exp(2 v) + 1): exact at both ends, since exp overflows to infinity.</summary>
    public static void BiasTanh(Span<float> values, ReadOnlySpan<float> bias, int rows)
    {
        AddBias(values, bias, rows);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] = Vector<float>.One - (new Vector<float>(2) / (Vector.Exp(vectors[i] + vectors[i]) + Vector<float>.One));
        for (var i = vectors.Length * Vector<float>.Count; i < values.Length; i++) values[i] = MathF.Tanh(values[i]);
    }

    /// <summary>Adds the bias to every row.</summary>
    public static void AddBias(Span<float> values, ReadOnlySpan<float> bias, int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            var row = values.Slice(i * bias.Length, bias.Length);
            for (var j = 0; j < row.Length; j++) row[j] += bias[j];
        }
    }

    /// <summary>gradient · (1 - activated²), the gradient before a tanh.</summary>
    public static void TanhGradient(Span<float> gradient, ReadOnlySpan<float> activated)
    {
        for (var i = 0; i < gradient.Length; i++) gradient[i] *= 1 - (activated[i] * activated[i]);
    }

    /// <summary>Sums of the columns: the gradient of a bias.</summary>
    public static void ColumnSums(ReadOnlySpan<float> values, Span<float> sums)
    {
        sums.Clear();
        for (var at = 0; at < values.Length; at += sums.Length)
            for (var j = 0; j < sums.Length; j++) sums[j] += values[at + j];
    }

    private static void MultiplyTile(
        ReadOnlySpan<float> a, int rowStride, int innerStride, ReadOnlySpan<float> b, int bStride, Span<float> tile, int row, int rows,
        int inner)
    {
        // Rows beyond the last repeat it; their results are not stored.
        var first = row * rowStride;
        var second = (row + Math.Min(1, rows - 1)) * rowStride;
        var third = (row + Math.Min(2, rows - 1)) * rowStride;
        var fourth = (row + Math.Min(3, rows - 1)) * rowStride;
        Vector<float> s00 = default, s01 = default, s10 = default, s11 = default;
        Vector<float> s20 = default, s21 = default, s30 = default, s31 = default;
        ref var start = ref MemoryMarshal.GetReference(b);
        for (var i = 0; i < inner; i++)
        {
            var b0 = Vector.LoadUnsafe(ref start, (nuint)(i * bStride));
            var b1 = Vector.LoadUnsafe(ref start, (nuint)((i * bStride) + Vector<float>.Count));
            var at = i * innerStride;
            var factor = new Vector<float>(a[first + at]);
            (s00, s01) = (Vector.FusedMultiplyAdd(factor, b0, s00), Vector.FusedMultiplyAdd(factor, b1, s01));
            factor = new Vector<float>(a[second + at]);
            (s10, s11) = (Vector.FusedMultiplyAdd(factor, b0, s10), Vector.FusedMultiplyAdd(factor, b1, s11));
            factor = new Vector<float>(a[third + at]);
            (s20, s21) = (Vector.FusedMultiplyAdd(factor, b0, s20), Vector.FusedMultiplyAdd(factor, b1, s21));
            factor = new Vector<float>(a[fourth + at]);
            (s30, s31) = (Vector.FusedMultiplyAdd(factor, b0, s30), Vector.FusedMultiplyAdd(factor, b1, s31));
        }

        var width = Vector<float>.Count;
        s00.CopyTo(tile);
        s01.CopyTo(tile[width..]);
        s10.CopyTo(tile[(2 * width)..]);
        s11.CopyTo(tile[(3 * width)..]);
        s20.CopyTo(tile[(4 * width)..]);
        s21.CopyTo(tile[(5 * width)..]);
        s30.CopyTo(tile[(6 * width)..]);
        s31.CopyTo(tile[(7 * width)..]);
    }
}
