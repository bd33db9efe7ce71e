using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>A minibatch turned into columns under each input map that the members ask for, once per map.</summary>
internal sealed unsafe class InputPass
{
    private const float ClipLimit = 10;
    private const float AsinhLimit = 1e6f;

    // Beyond it a float network would overflow; scaled data are of order 1, so nothing real is touched.
    private const float UnmappedLimit = 1e12f;
    private static readonly int Maps = Enum.GetValues<InputMap>().Length;
    private readonly float*[] _columns = new float*[Maps];
    private readonly bool[] _isMapped = new bool[Maps];
    private int _features;
    private RowShape _rows;

    /// <summary>Cuts the buffers.</summary>
    public void Cut(Arena arena, ModelSpec spec, RowShape rows)
    {
        (_features, _rows) = (spec.Features, rows);
        foreach (var member in spec.Members) _isMapped[(int)member.InputMap] = true;
        for (var map = 0; map < Maps; map++)
            if (_isMapped[map]) _columns[map] = arena.Floats((long)_features * rows.Stride);
        Array.Clear(_isMapped);
    }

    /// <summary>The mapped minibatch.</summary>
    /// <param name="batch">Scaled input [rows, d], row-major; the same in every call until a cut.</param>
    /// <param name="map">The member's map.</param>
    /// <returns>Columns [d, stride], 0 in padding rows.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float* Columns(ReadOnlySpan<float> batch, InputMap map)
    {
        var columns = _columns[(int)map];
        if (_isMapped[(int)map]) return columns;
        _isMapped[(int)map] = true;
        Transpose(batch, _features, _rows.Rows, _rows.Padded, _rows.Stride, columns);
        for (var j = 0; j < _features; j++) Apply(columns + (j * _rows.Stride), _rows.Padded, map);
        return columns;
    }

    /// <summary>One row mapped.</summary>
    /// <param name="scaled">Scaled features [d].</param>
    /// <param name="input">Receives d values, padded with zeros to whole vectors.</param>
    /// <param name="map">The member's map.</param>
    public static void Map(ReadOnlySpan<float> scaled, float* input, InputMap map)
    {
        var padded = (scaled.Length + RowShape.Lanes - 1) / RowShape.Lanes * RowShape.Lanes;
        scaled.CopyTo(new Span<float>(input, padded));
        new Span<float>(input + scaled.Length, padded - scaled.Length).Clear();
        Apply(input, padded, map);
    }

    /// <summary>Values mapped, a multiple of the lanes.</summary>
    public static void Map(float* scaled, float* mapped, int count, InputMap map)
    {
        new ReadOnlySpan<float>(scaled, count).CopyTo(new Span<float>(mapped, count));
        Apply(mapped, count, map);
    }

    /// <summary>The scaled value that a map turns into a mapped one; beyond the map's range its border.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Unmap(double mapped, InputMap map) => map switch
    {
        InputMap.Clip => mapped,
        InputMap.Asinh => Math.Clamp(Math.Sinh(Math.Clamp(mapped, -AsinhLimit, AsinhLimit)), -AsinhLimit, AsinhLimit),
        _ => mapped,
    };

    /// <summary>Rows turned into columns; rows up to the length of a column become 0.</summary>
    /// <param name="batch">Values [rows, features], row-major.</param>
    /// <param name="features">Features.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="padded">Length of a column, a multiple of the lanes.</param>
    /// <param name="stride">From one column to the next.</param>
    /// <param name="columns">Receives the columns [features, stride].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(ReadOnlySpan<float> batch, int features, int rows, int padded, int stride, float* columns)
    {
        fixed (float* values = batch)
        {
            // A few rows at a time, so that the lines read and the lines written stay in the nearest cache.
            for (var start = 0; start < padded; start += RowShape.Lanes)
            {
                var end = Math.Min(start + RowShape.Lanes, rows);
                for (var j = 0; j < features; j++)
                {
                    var column = columns + (j * stride);
                    var i = start;
                    var value = values + ((long)start * features) + j;
                    for (; i + 4 <= end; i += 4, value += 4 * features)
                        Vector128.Create(*value, value[features], value[2 * features], value[3 * features]).Store(column + i);
                    for (; i < end; i++, value += features) column[i] = *value;
                    for (; i < start + RowShape.Lanes; i++) column[i] = 0;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply(float* column, int count, InputMap map)
    {
        switch (map)
        {
            case InputMap.Clip:
                for (var i = 0; i < count; i += RowShape.Lanes)
                    VectorMath.Clamp(Vector512.Load(column + i), ClipLimit).Store(column + i);
                break;
            case InputMap.Asinh:
                for (var i = 0; i < count; i += RowShape.Lanes)
                    VectorMath.Asinh(VectorMath.Clamp(Vector512.Load(column + i), AsinhLimit)).Store(column + i);
                break;
            default:
                for (var i = 0; i < count; i += RowShape.Lanes)
                    VectorMath.Clamp(Vector512.Load(column + i), UnmappedLimit).Store(column + i);
                break;
        }
    }
}
