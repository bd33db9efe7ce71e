using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// A window of rows on its way through one member after the other: z, responsibilities and energies of all rows, computed in tiles of
/// columns that stay in the cache. Rented from a pool; one owner at a time; grows to the largest window seen. What it computes for a row
/// does not depend on the other rows but through the statistics asked for.
/// </summary>
internal sealed unsafe class WindowWorkspace
{
    private const int TileRows = ScoringTile.Rows;

    // A tile takes 2 to 20 µs.
    private const int GiveWayTiles = 8;
    private static readonly int Maps = Enum.GetValues<InputMap>().Length;
    private readonly Arena _arena = new();
    private readonly ScoringTile _tile = new();
    private readonly ScatterPass _scatter = new();
    private readonly float*[] _mapped = new float*[Maps];
    private readonly bool[] _isMapped = new bool[Maps];
    private ParameterLayout _layout = null!;
    private int _rows;
    private int _tiles;
    private int _left;
    private float* _scaled;
    private float* _estimationInput;
    private float* _logits;
    private double* _z;
    private double* _shares;
    private double* _energies;
    private double* _live;
    private double* _shift;

    /// <summary>Energies [rows] of the last <see cref="Respond"/>.</summary>
    public Span<double> Energies => new(_energies, _rows);

    /// <summary>Live scores [rows], for the members' energies to be added to.</summary>
    public Span<double> Live => new(_live, _rows);

    private ModelSpec Spec => _layout.Spec;

    private int ZStride => _scatter.Columns * TileRows;

    /// <summary>Cuts the buffers for a model and scales a window of rows into them.</summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="scaler">Scales the features.</param>
    /// <param name="rows">Raw features [count, d], row-major.</param>
    /// <param name="count">Rows.</param>
    public void Prepare(ParameterLayout layout, FeatureScaler scaler, ReadOnlySpan<float> rows, int count)
    {
        (_layout, _rows, _tiles, _left) = (layout, count, (count + TileRows - 1) / TileRows, 0);
        foreach (var member in layout.Spec.Members) _isMapped[(int)member.InputMap] = true;
        _arena.Count();
        Cut();
        _arena.Allocate();
        Cut();
        Array.Clear(_isMapped);
        var features = layout.Spec.Features;
        for (var tile = 0; tile < _tiles; tile++)
        {
            var inTile = Math.Min(TileRows, count - (tile * TileRows));
            var columns = _scaled + ((long)tile * features * TileRows);
            Load(rows.Slice(tile * TileRows * features, inTile * features), scaler, inTile, columns);
        }
    }

    /// <summary>Columns of scaled features of a tile; rows beyond the last are scaled zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(ReadOnlySpan<float> rows, FeatureScaler scaler, int count, float* columns)
    {
        var features = scaler.Features;
        InputPass.Transpose(rows, features, count, TileRows, TileRows, columns);
        for (var j = 0; j < features; j++) scaler.TransformColumn(columns + (j * TileRows), TileRows, j);
    }

    /// <summary>Computes z = [z_c, z_r] of all rows (Zong et al. 2018, equations 1 to 3), not standardised.</summary>
    /// <param name="network">The member's layers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Encode(MemberNetworkKernel network)
    {
        var x = Mapped(network.Member.InputMap);
        for (var tile = 0; tile < _tiles; tile++)
        {
            if (tile % GiveWayTiles == GiveWayTiles - 1) Courtesy.GiveWay();
            _tile.Encode(network, x + ((long)tile * Spec.Features * TileRows), Column(tile, 0));
            _scatter.Complete(Column(tile, 0));
        }

        new Span<double>(_shift, Spec.LatentDimension).Clear();
    }

    /// <summary>Mean and sqrt(population variance + floor) of z over the rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public LatentStandardizer Measure(double varianceFloor)
    {
        var d = Spec.LatentDimension;
        var (mean, deviation) = (new double[d], new double[d]);
        for (var j = 0; j < d; j++)
        {
            for (var tile = 0; tile < _tiles; tile++) mean[j] += SumOf(tile, j);
            mean[j] /= _rows;
            for (var tile = 0; tile < _tiles; tile++) deviation[j] += SquaresOf(tile, j, mean[j]);
            deviation[j] = Math.Sqrt((deviation[j] / _rows) + varianceFloor);
        }

        return new LatentStandardizer(mean, deviation);
    }

    /// <summary>Standardises z: (z - mean) / deviation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Standardize(ReadOnlySpan<double> mean, ReadOnlySpan<double> deviation)
    {
        for (var tile = 0; tile < _tiles; tile++)
        for (var j = 0; j < Spec.LatentDimension; j++)
            ColumnKernel.Shift(Column(tile, j), mean[j], 1 / deviation[j], Column(tile, j), TileRows);
    }

    /// <summary>Memberships by the estimation network (equation 4); z must not be centred yet.</summary>
    /// <param name="estimation">The member's estimation network.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Estimate(PackedLayers estimation)
    {
        for (var tile = 0; tile < _tiles; tile++)
        {
            ColumnKernel.Narrow(Column(tile, 0), _estimationInput, Spec.LatentDimension * TileRows);
            estimation.ForwardTile(_estimationInput, _logits, _tile.Left, _tile.Right, _tile.Active, Activation.Tanh);
            ColumnKernel.Widen(_logits, Shares(tile), Spec.Components * TileRows);
            MixtureKernel.Normalise(Shares(tile), Spec.Components, _energies + (tile * TileRows), TileRows);
        }

        HidePadding();
    }

    /// <summary>
    /// Subtracts means from z, so that statistics lose nothing to cancellation; <see cref="Respond"/> and <see cref="Statistics"/> add
    /// them again.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Centre(ReadOnlySpan<double> mean)
    {
        mean.CopyTo(new Span<double>(_shift, mean.Length));
        for (var tile = 0; tile < _tiles; tile++)
        for (var j = 0; j < mean.Length; j++) ColumnKernel.Shift(Column(tile, j), mean[j], 1, Column(tile, j), TileRows);
    }

    /// <summary>Energies of all rows under a mixture (equation 6), and their responsibilities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Respond(Mixture mixture)
    {
        var kernel = new MixtureKernel(mixture, new ReadOnlySpan<double>(_shift, Spec.LatentDimension));
        for (var tile = 0; tile < _tiles; tile++) kernel.Energies(Column(tile, 0), Shares(tile), _energies + (tile * TileRows), TileRows);
        HidePadding();
    }

    /// <summary>Leaves the rows of highest energy out of the statistics.</summary>
    /// <param name="share">Their share; 0 for none.</param>
    public void Trim(double share)
    {
        if (share <= 0) return;
        TrimAbove(Quantile.OfUnsorted(Energies, 1 - share));
    }

    /// <summary>Leaves the rows beyond an energy out of the statistics.</summary>
    /// <param name="limit">The energy.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TrimAbove(double limit)
    {
        _left = 0;
        for (var i = 0; i < _rows; i++)
        {
            if (!(_energies[i] > limit)) continue;
            _left++;
            var shares = Shares(i / TileRows) + (i % TileRows);
            for (var k = 0; k < Spec.Components; k++) shares[k * TileRows] = 0;
        }
    }

    /// <summary>Statistics of z under the responsibilities (equation 5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public MixtureStatistics Statistics()
    {
        _scatter.Clear();
        for (var tile = 0; tile < _tiles; tile++) _scatter.Add(Column(tile, 0), Shares(tile));
        return _scatter.Statistics(_rows - _left, new ReadOnlySpan<double>(_shift, Spec.LatentDimension));
    }

    private double* Column(int tile, int j) => _z + (((long)tile * ZStride) + (j * TileRows));

    private double* Shares(int tile) => _shares + ((long)tile * Spec.Components * TileRows);

    private int RowsOf(int tile) => Math.Min(TileRows, _rows - (tile * TileRows));

    private float* Mapped(InputMap map)
    {
        if (_isMapped[(int)map]) return _mapped[(int)map];
        _isMapped[(int)map] = true;
        InputPass.Map(_scaled, _mapped[(int)map], _tiles * TileRows * Spec.Features, map);
        return _mapped[(int)map];
    }

    /// <summary>Rows of the last tile beyond the window count for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void HidePadding()
    {
        _left = 0;
        var (tile, rows) = (_tiles - 1, RowsOf(_tiles - 1));
        for (var k = 0; k < Spec.Components; k++) new Span<double>(Shares(tile) + (k * TileRows) + rows, TileRows - rows).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double SumOf(int tile, int j)
    {
        var column = Column(tile, j);
        var rows = RowsOf(tile);
        if (rows == TileRows) return ColumnKernel.Sum(column, TileRows);
        var sum = 0.0;
        for (var i = 0; i < rows; i++) sum += column[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double SquaresOf(int tile, int j, double mean)
    {
        var column = Column(tile, j);
        var (rows, i) = (RowsOf(tile), 0);
        var (total, centre) = (Vector512<double>.Zero, Vector512.Create(mean));
        for (; i + Vector512<double>.Count <= rows; i += Vector512<double>.Count)
        {
            var deviation = Vector512.Load(column + i) - centre;
            total = Vector512.FusedMultiplyAdd(deviation, deviation, total);
        }

        var sum = Vector512.Sum(total);
        for (; i < rows; i++) sum += (column[i] - mean) * (column[i] - mean);
        return sum;
    }

    private void Cut()
    {
        var (spec, padded) = (Spec, (long)_tiles * TileRows);
        _tile.Cut(_arena, spec);
        _scatter.Cut(_arena, spec.Components, spec.LatentDimension);
        _scaled = _arena.Floats(padded * spec.Features);
        for (var map = 0; map < Maps; map++)
            if (_isMapped[map]) _mapped[map] = _arena.Floats(padded * spec.Features);
        _estimationInput = _arena.Floats(spec.LatentDimension * TileRows);
        _logits = _arena.Floats(spec.Components * TileRows);
        _z = _arena.Doubles((long)_tiles * ZStride);
        _shares = _arena.Doubles(padded * spec.Components);
        _energies = _arena.Doubles(padded);
        _live = _arena.Doubles(padded);
        _shift = _arena.Doubles(spec.LatentDimension);
    }
}
