using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// Sums of r, r z and r z z' over tiles of rows, r the responsibilities of a component: one triangular product of [r z, r] and [z, 1], in
/// blocks of four by four columns. z is centred or standardised, so that raw sums in double lose nothing that matters.
/// </summary>
internal sealed unsafe class ScatterPass
{
    private const int TileRows = ScoringTile.Rows;
    private const int Block = 4;
    private const int Lanes = 8;

    // A component with less is not there.
    private const double SmallestCount = 1e-200;
    private double* _weighted;
    private double* _sums;
    private int _components;
    private int _dimension;

    /// <summary>Columns of a tile of z: D, a column of ones, and padding to whole blocks.</summary>
    public int Columns { get; private set; }

    private int Blocks => Columns / Block;

    private long SumsOfComponent => Blocks * (Blocks + 1) / 2 * Block * Block * Lanes;

    /// <summary>Cuts the buffers.</summary>
    public void Cut(Arena arena, int components, int dimension)
    {
        (_components, _dimension) = (components, dimension);
        Columns = (dimension + Block) / Block * Block;
        _weighted = arena.Doubles((long)Columns * TileRows);
        _sums = arena.Doubles(components * SumsOfComponent);
    }

    /// <summary>Fills the columns behind z.</summary>
    public void Complete(double* z)
    {
        new Span<double>(z + (_dimension * TileRows), TileRows).Fill(1);
        new Span<double>(z + ((_dimension + 1) * TileRows), (Columns - _dimension - 1) * TileRows).Clear();
    }

    /// <summary>Begins again.</summary>
    public void Clear() => new Span<double>(_sums, checked((int)(_components * SumsOfComponent))).Clear();

    /// <summary>Adds a tile.</summary>
    /// <param name="z">Columns [<see cref="Columns"/>, rows].</param>
    /// <param name="shares">Columns [K, rows]; 0 for rows left out.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(double* z, double* shares)
    {
        for (var k = 0; k < _components; k++, shares += TileRows)
        {
            for (var j = 0; j < Columns; j++) ColumnKernel.Multiply(shares, z + (j * TileRows), _weighted + (j * TileRows), TileRows);
            var sums = _sums + (k * SumsOfComponent);
            for (var i = 0; i < Blocks; i++)
            for (var j = 0; j <= i; j++, sums += Block * Block * Lanes)
                AddBlock(_weighted + (i * Block * TileRows), z + (j * Block * TileRows), sums);
        }
    }

    /// <summary>The statistics.</summary>
    /// <param name="rows">Rows that were not left out.</param>
    /// <param name="shift">Added to the means [D].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public MixtureStatistics Statistics(long rows, ReadOnlySpan<double> shift)
    {
        var d = _dimension;
        var (logWeights, means, covariances) = (new double[_components], new double[_components * d], new double[_components * d * d]);
        for (var k = 0; k < _components; k++)
        {
            var count = Sum(k, d, d);
            logWeights[k] = Math.Log(count);
            if (count < SmallestCount) logWeights[k] = double.NegativeInfinity;
            var mean = means.AsSpan(k * d, d);
            var covariance = covariances.AsSpan(k * d * d, d * d);
            if (double.IsNegativeInfinity(logWeights[k])) continue;
            for (var j = 0; j < d; j++) mean[j] = Sum(k, d, j) / count;
            for (var i = 0; i < d; i++)
            for (var j = 0; j <= i; j++)
                covariance[(i * d) + j] = covariance[(j * d) + i] = (Sum(k, i, j) / count) - (mean[i] * mean[j]);
            // Rounding must not take a variance below 0.
            for (var j = 0; j < d; j++)
            {
                covariance[(j * d) + j] = Math.Max(covariance[(j * d) + j], 0);
                mean[j] += shift[j];
            }
        }

        return MixtureStatistics.FromParts(_components, d, rows, logWeights, means, covariances);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Sum(int k, int i, int j)
    {
        var (row, column) = (i / Block, j / Block);
        var block = (row * (row + 1) / 2) + column;
        var at = _sums + (k * SumsOfComponent) + ((((block * Block) + (i % Block)) * Block) + (j % Block)) * Lanes;
        return Vector512.Sum(Vector512.Load(at));
    }

    /// <summary>Sixteen sums of products: every loaded column is used four times.</summary>
    private static void AddBlock(double* left, double* right, double* sums)
    {
        AddRow(left, right, sums);
        AddRow(left + (2 * TileRows), right, sums + (2 * Block * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow(double* left, double* right, double* sums)
    {
        var (a0, a1) = (Vector512.Load(sums), Vector512.Load(sums + Lanes));
        var (a2, a3) = (Vector512.Load(sums + (2 * Lanes)), Vector512.Load(sums + (3 * Lanes)));
        var (b0, b1) = (Vector512.Load(sums + (4 * Lanes)), Vector512.Load(sums + (5 * Lanes)));
        var (b2, b3) = (Vector512.Load(sums + (6 * Lanes)), Vector512.Load(sums + (7 * Lanes)));
        for (var row = 0; row < TileRows; row += Lanes)
        {
            var (x0, x1) = (Vector512.Load(right + row), Vector512.Load(right + TileRows + row));
            var (x2, x3) = (Vector512.Load(right + (2 * TileRows) + row), Vector512.Load(right + (3 * TileRows) + row));
            var (a, b) = (Vector512.Load(left + row), Vector512.Load(left + TileRows + row));
            (a0, a1) = (Vector512.FusedMultiplyAdd(a, x0, a0), Vector512.FusedMultiplyAdd(a, x1, a1));
            (a2, a3) = (Vector512.FusedMultiplyAdd(a, x2, a2), Vector512.FusedMultiplyAdd(a, x3, a3));
            (b0, b1) = (Vector512.FusedMultiplyAdd(b, x0, b0), Vector512.FusedMultiplyAdd(b, x1, b1));
            (b2, b3) = (Vector512.FusedMultiplyAdd(b, x2, b2), Vector512.FusedMultiplyAdd(b, x3, b3));
        }

        a0.Store(sums);
        a1.Store(sums + Lanes);
        a2.Store(sums + (2 * Lanes));
        a3.Store(sums + (3 * Lanes));
        b0.Store(sums + (4 * Lanes));
        b1.Store(sums + (5 * Lanes));
        b2.Store(sums + (6 * Lanes));
        b3.Store(sums + (7 * Lanes));
    }
}
