using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>A minibatch turned into columns under each input map that the members ask for, once per map.</summary>
internal sealed unsafe class InputPass
{
    private const float ClipLimit = 10;
    private const double AsinhLimit = 1e6;
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
    /// <param name="batch">Scaled input [rows, d], row-major; the same in every call until the buffers are cut again.</param>
    /// <param name="map">The member's map.</param>
    /// <returns>Columns [d, stride], 0 in padding rows.</returns>
    public float* Columns(ReadOnlySpan<float> batch, InputMap map)
    {
        var columns = _columns[(int)map];
        if (_isMapped[(int)map]) return columns;
        _isMapped[(int)map] = true;
        for (var j = 0; j < _features; j++)
        {
            var column = columns + (j * _rows.Stride);
            for (var i = 0; i < _rows.Rows; i++) column[i] = Map(batch[(i * _features) + j], map);
            new Span<float>(column + _rows.Rows, _rows.Padded - _rows.Rows).Clear();
        }

        return columns;
    }

    private static float Map(float value, InputMap map) => map switch
    {
        InputMap.Clip => Math.Clamp(value, -ClipLimit, ClipLimit),
        InputMap.Asinh => (float)Math.Asinh(Math.Clamp(value, -AsinhLimit, AsinhLimit)),
        _ => value,
    };
}
