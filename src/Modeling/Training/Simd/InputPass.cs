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

    /// <summary>The next batch is another one.</summary>
    public void Forget() => Array.Clear(_isMapped);

    /// <summary>The mapped minibatch.</summary>
    /// <param name="batch">Scaled input [rows, d], row-major; the same in every call until <see cref="Forget"/> or a cut.</param>
    /// <param name="map">The member's map.</param>
    /// <returns>Columns [d, stride], 0 in padding rows.</returns>
    public float* Columns(ReadOnlySpan<float> batch, InputMap map)
    {
        var columns = _columns[(int)map];
        if (_isMapped[(int)map]) return columns;
        _isMapped[(int)map] = true;
        Transpose(batch, columns);
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

    private void Transpose(ReadOnlySpan<float> batch, float* columns)
    {
        fixed (float* values = batch)
        {
            // A few rows at a time, so that the lines read and the lines written stay in the nearest cache.
            for (var start = 0; start < _rows.Padded; start += RowShape.Lanes)
            {
                var end = Math.Min(start + RowShape.Lanes, _rows.Rows);
                for (var j = 0; j < _features; j++)
                {
                    var column = columns + (j * _rows.Stride);
                    var i = start;
                    for (var value = values + ((long)start * _features) + j; i < end; i++, value += _features) column[i] = *value;
                    for (; i < start + RowShape.Lanes; i++) column[i] = 0;
                }
            }
        }
    }

    private static void Apply(float* column, int count, InputMap map)
    {
        for (var i = 0; i < count; i += RowShape.Lanes)
        {
            var x = Vector512.Load(column + i);
            (map switch
            {
                InputMap.Clip => VectorMath.Clamp(x, ClipLimit),
                InputMap.Asinh => VectorMath.Asinh(VectorMath.Clamp(x, AsinhLimit)),
                _ => VectorMath.Clamp(x, UnmappedLimit),
            }).Store(column + i);
        }
    }
}
