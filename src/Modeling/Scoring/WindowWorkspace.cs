using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// A window of rows on its way through one member after the other: z, memberships and energies of all rows, computed in tiles of columns
/// that stay in the cache. Rented from a pool; one owner at a time; grows to the largest window seen. What it computes for a row does not
/// depend on the other rows but through the statistics asked for.
/// </summary>
internal sealed unsafe class WindowWorkspace
{
    // A multiple of the vectors' width, and not of a power of two at which columns would compete for the same cache sets.
    private const int TileRows = 240;
    private readonly Arena _arena = new();
    private readonly InputPass _input = new();
    private readonly LayerStack _encoder = new();
    private readonly LayerStack _decoder = new();
    private readonly LayerStack _estimation = new();
    private readonly ReconstructionPass _reconstruction = new();
    private ParameterLayout _layout = null!;
    private RowShape _tile;
    private int _rows;
    private int _tiles;
    private float* _scaled;
    private float* _weights;
    private float* _code;
    private float* _reconstructed;
    private float* _estimationInput;
    private float* _logits;
    private double* _z;
    private double* _logs;
    private double* _energies;
    private double* _shares;
    private double* _deviations;
    private double* _weighted;
    private double* _selection;
    private double* _products;

    /// <summary>Scaled features [rows, d], row-major: filled by the caller.</summary>
    public Span<float> Scaled => new(_scaled, _rows * _layout.Spec.Features);

    /// <summary>Energies [rows] of the last <see cref="Respond"/>.</summary>
    public Span<double> Energies => new(_energies, _rows);

    /// <summary>As many values to select quantiles from; overwritten by <see cref="Trim"/>.</summary>
    public Span<double> Selection => new(_selection, _rows);

    private ModelSpec Spec => _layout.Spec;

    /// <summary>Cuts the buffers for a model and a window.</summary>
    public void Prepare(ParameterLayout layout, int rows)
    {
        (_layout, _rows, _tiles) = (layout, rows, (rows + TileRows - 1) / TileRows);
        _arena.Count();
        Cut();
        _arena.Allocate();
        Cut();
        new Span<float>(_scaled, _tiles * TileRows * layout.Spec.Features)[Scaled.Length..].Clear();
    }

    /// <summary>Computes z = [z_c, z_r] of all rows (Zong et al. 2018, equations 1 to 3), not standardised.</summary>
    /// <param name="weights">The member's weights.</param>
    /// <param name="member">The member.</param>
    public void Encode(ReadOnlySpan<float> weights, MemberSpec member)
    {
        var (features, latent) = (Spec.Features, Spec.Latent);
        weights.CopyTo(new Span<float>(_weights, _layout.MemberLength));
        for (var tile = 0; tile < _tiles; tile++)
        {
            _input.Forget();
            var batch = new ReadOnlySpan<float>(_scaled + ((long)tile * TileRows * features), TileRows * features);
            var x = _input.Columns(batch, member.InputMap);
            _encoder.Forward(_weights, x, _code, member.Activation, null, null);
            if (_layout.SkipOffset >= 0)
            {
                var skip = Matrix.ByInputs(_weights + _layout.SkipOffset, latent, features);
                DenseKernel.Multiply(skip, null, x, _code, _tile, accumulate: true);
            }

            _decoder.Forward(_weights, _code, _reconstructed, member.Activation, null, null);
            _reconstruction.Loss(x, _reconstructed);
            for (var j = 0; j < latent; j++) ColumnKernel.Widen(_code + (j * TileRows), Column(tile, j), TileRows);
            _reconstruction.Features(Column(tile, latent), Column(tile, latent + 1));
            for (var j = 0; j < Spec.LatentDimension; j++) Fill(tile, Column(tile, j), 0);
        }
    }

    /// <summary>Mean and sqrt(population variance + floor) of z over the rows.</summary>
    public LatentStandardizer Measure(double varianceFloor)
    {
        var d = Spec.LatentDimension;
        var (mean, deviation) = (new double[d], new double[d]);
        for (var j = 0; j < d; j++)
        {
            for (var tile = 0; tile < _tiles; tile++) mean[j] += ColumnKernel.Sum(Column(tile, j), TileRows) / _rows;
            for (var tile = 0; tile < _tiles; tile++)
            {
                ColumnKernel.Shift(Column(tile, j), mean[j], 1, _deviations, TileRows);
                Fill(tile, _deviations, 0);
                deviation[j] += ColumnKernel.Dot(_deviations, _deviations, TileRows) / _rows;
            }

            deviation[j] = Math.Sqrt(deviation[j] + varianceFloor);
        }

        return new LatentStandardizer(mean, deviation);
    }

    /// <summary>Standardises z: (z - mean) / deviation.</summary>
    public void Standardize(ReadOnlySpan<double> mean, ReadOnlySpan<double> deviation)
    {
        for (var tile = 0; tile < _tiles; tile++)
        for (var j = 0; j < Spec.LatentDimension; j++) ColumnKernel.Standardize(Column(tile, j), mean[j], deviation[j], TileRows);
    }

    /// <summary>Logarithms of the estimation network's memberships (equation 4) under the weights of <see cref="Encode"/>.</summary>
    public void Estimate()
    {
        for (var tile = 0; tile < _tiles; tile++)
        {
            for (var j = 0; j < Spec.LatentDimension; j++)
                ColumnKernel.Narrow(Column(tile, j), _estimationInput + (j * TileRows), TileRows);
            _estimation.Forward(_weights, _estimationInput, _logits, Activation.Tanh, null, null);
            for (var k = 0; k < Spec.Components; k++) ColumnKernel.Widen(_logits + (k * TileRows), Logs(tile, k), TileRows);
            MembershipPass.Normalise(Logs(tile, 0), Spec.Components, _tile, null);
            HidePadding(tile);
        }
    }

    /// <summary>Energies of all rows under a mixture (equation 6), and logarithms of the responsibilities.</summary>
    public void Respond(Mixture mixture)
    {
        for (var tile = 0; tile < _tiles; tile++)
        {
            for (var k = 0; k < Spec.Components; k++) JointOf(mixture, tile, k);
            var energies = _energies + (tile * TileRows);
            MembershipPass.Normalise(Logs(tile, 0), Spec.Components, _tile, energies);
            ColumnKernel.Negate(energies, TileRows);
            HidePadding(tile);
        }
    }

    /// <summary>Leaves the rows of highest energy out of the statistics.</summary>
    /// <param name="share">Their share; 0 for none.</param>
    public void Trim(double share)
    {
        if (share <= 0) return;
        Energies.CopyTo(Selection);
        var limit = Quantile.OfUnsorted(Selection, 1 - share);
        for (var i = 0; i < _rows; i++)
        {
            if (!(_energies[i] > limit)) continue;
            for (var k = 0; k < Spec.Components; k++) Logs(i / TileRows, k)[i % TileRows] = double.NegativeInfinity;
        }
    }

    /// <summary>Statistics of z under the memberships (equation 5), in two passes.</summary>
    public MixtureStatistics Statistics()
    {
        var (components, d) = (Spec.Components, Spec.LatentDimension);
        var (logWeights, means, covariances) = (new double[components], new double[components * d], new double[components * d * d]);
        for (var k = 0; k < components; k++)
        {
            logWeights[k] = Weigh(k);
            if (double.IsNegativeInfinity(logWeights[k])) continue;
            var mean = means.AsSpan(k * d, d);
            for (var tile = 0; tile < _tiles; tile++)
            {
                ColumnKernel.Dots(_shares + (tile * TileRows), Column(tile, 0), TileRows, d, TileRows, _products);
                for (var j = 0; j < d; j++) mean[j] += _products[j];
            }

            for (var tile = 0; tile < _tiles; tile++) Scatter(tile, mean, covariances.AsSpan(k * d * d, d * d));
        }

        return MixtureStatistics.FromParts(components, d, CountRows(), logWeights, means, covariances);
    }

    private double* Column(int tile, int j) => _z + ((((long)tile * Spec.LatentDimension) + j) * TileRows);

    private double* Logs(int tile, int k) => _logs + ((((long)tile * Spec.Components) + k) * TileRows);

    /// <summary>Rows of a tile beyond the window count for nothing.</summary>
    private void HidePadding(int tile)
    {
        for (var k = 0; k < Spec.Components; k++) Fill(tile, Logs(tile, k), double.NegativeInfinity);
    }

    private void Fill(int tile, double* column, double value)
    {
        var rows = Math.Min(TileRows, _rows - (tile * TileRows));
        new Span<double>(column + rows, TileRows - rows).Fill(value);
    }

    /// <summary>log phi_k + log N(z; mu_k, Sigma_k) of a tile.</summary>
    private void JointOf(Mixture mixture, int tile, int k)
    {
        var joint = Logs(tile, k);
        var d = Spec.LatentDimension;
        new Span<double>(joint, TileRows).Fill(mixture.LogNormalizers[k]);
        fixed (double* packed = mixture.Factors[k].Packed)
        {
            var row = packed;
            for (var i = 0; i < d; row += ++i)
            {
                var target = _deviations + (i * TileRows);
                ColumnKernel.Shift(Column(tile, i), mixture.Means[(k * d) + i], 1, target, TileRows);
                ColumnKernel.SubtractSum(target, row, 1, _deviations, TileRows, i, TileRows);
                ColumnKernel.Standardize(target, 0, row[i], TileRows);
                ColumnKernel.AddSquares(joint, -0.5, target, TileRows);
            }
        }
    }

    /// <summary>Weights exp(log membership - log sum of memberships) of one component.</summary>
    /// <returns>Logarithm of the sum of memberships.</returns>
    private double Weigh(int k)
    {
        var largest = double.NegativeInfinity;
        for (var tile = 0; tile < _tiles; tile++) largest = Math.Max(largest, ColumnKernel.Max(Logs(tile, k), TileRows));
        // All rows left out, or a value that is not finite: there is nothing to weigh.
        if (!double.IsFinite(largest)) return largest;
        var sum = 0.0;
        for (var tile = 0; tile < _tiles; tile++)
        {
            var shares = _shares + (tile * TileRows);
            ColumnKernel.Exp(Logs(tile, k), largest, shares, TileRows);
            sum += ColumnKernel.Sum(shares, TileRows);
        }

        ColumnKernel.Shift(_shares, 0, 1 / sum, _shares, _tiles * TileRows);
        return largest + Math.Log(sum);
    }

    private void Scatter(int tile, ReadOnlySpan<double> mean, Span<double> covariance)
    {
        var d = mean.Length;
        for (var i = 0; i < d; i++)
        {
            ColumnKernel.Shift(Column(tile, i), mean[i], 1, _deviations + (i * TileRows), TileRows);
            ColumnKernel.Multiply(_shares + (tile * TileRows), _deviations + (i * TileRows), _weighted, TileRows);
            ColumnKernel.Dots(_weighted, _deviations, TileRows, i + 1, TileRows, _products);
            for (var j = 0; j < i; j++)
            {
                covariance[(i * d) + j] += _products[j];
                covariance[(j * d) + i] = covariance[(i * d) + j];
            }

            covariance[(i * d) + i] += _products[i];
        }
    }

    private void Cut()
    {
        var (spec, padded) = (Spec, (long)_tiles * TileRows);
        _tile = new RowShape(TileRows);
        _scaled = _arena.Floats(padded * spec.Features);
        _weights = _arena.Floats(_layout.MemberLength);
        _input.Cut(_arena, spec, _tile);
        _encoder.Cut(_arena, _layout.Encoder, _tile);
        _decoder.Cut(_arena, _layout.Decoder, _tile);
        _estimation.Cut(_arena, _layout.Estimation, _tile);
        _reconstruction.Cut(_arena, spec, _tile);
        _code = _arena.Floats(spec.Latent * TileRows);
        _reconstructed = _arena.Floats(spec.Features * TileRows);
        _estimationInput = _arena.Floats(spec.LatentDimension * TileRows);
        _logits = _arena.Floats(spec.Components * TileRows);
        _z = _arena.Doubles(padded * spec.LatentDimension);
        _logs = _arena.Doubles(padded * spec.Components);
        _energies = _arena.Doubles(padded);
        _shares = _arena.Doubles(padded);
        _selection = _arena.Doubles(padded);
        _deviations = _arena.Doubles(spec.LatentDimension * TileRows);
        _weighted = _arena.Doubles(TileRows);
        _products = _arena.Doubles(spec.LatentDimension);
    }

    private long CountRows()
    {
        var count = 0L;
        for (var i = 0; i < _rows; i++)
        {
            var (isIn, tile, at) = (false, i / TileRows, i % TileRows);
            for (var k = 0; k < Spec.Components && !isIn; k++) isIn = !double.IsNegativeInfinity(Logs(tile, k)[at]);
            if (isIn) count++;
        }

        return count;
    }
}
