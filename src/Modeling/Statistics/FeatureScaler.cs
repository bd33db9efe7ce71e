using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Statistics;

/// <summary>
/// Mergeable summary of the features (count, mean, sum of squared deviations, minimum, maximum, in double) and the scaling that follows
/// from it. Immutable. Merging is Chan, Golub and LeVeque 1979, equation 2.1: exact also when the mean is large against the deviation.
/// </summary>
public sealed class FeatureScaler
{
    // A feature whose spread is below this share of 1 + |mean| is constant: what is left is rounding.
    private const double ConstantShare = 1e-9;
    private const double ZeroMean = 1e-12;
    private readonly double[] _mean;
    private readonly double[] _squares;
    private readonly double[] _minimum;
    private readonly double[] _maximum;
    private readonly double[] _center;
    private readonly double[] _width;
    private readonly double[] _scale;

    private FeatureScaler(ScalerKind kind, long count, double[] mean, double[] squares, double[] minimum, double[] maximum)
    {
        (Kind, Count, _mean, _squares, _minimum, _maximum) = (kind, count, mean, squares, minimum, maximum);
        (_center, _width) = (new double[mean.Length], new double[mean.Length]);
        for (var j = 0; j < mean.Length; j++)
        {
            var spread = kind == ScalerKind.Standardize ? Deviation(j) : maximum[j] - minimum[j];
            _center[j] = count == 0 ? 0 : kind == ScalerKind.Standardize ? mean[j] : minimum[j];
            var size = Math.Abs(mean[j]);
            _width[j] = count > 0 && spread > ConstantShare * (1 + size) ? spread : size > ZeroMean ? size : 1;
        }

        // A product takes a fifth of a quotient's time; widths are at least 1e-12.
        _scale = Array.ConvertAll(_width, width => 1 / width);
    }

    /// <summary>How features are scaled.</summary>
    public ScalerKind Kind { get; }

    /// <summary>Rows seen.</summary>
    public long Count { get; }

    /// <summary>Features d.</summary>
    public int Features => _mean.Length;

    /// <summary>Means [d].</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Sums of squared deviations from the mean [d].</summary>
    public ReadOnlySpan<double> SquaredDeviations => _squares;

    /// <summary>Smallest values [d]; +inf without rows.</summary>
    public ReadOnlySpan<double> Minimum => _minimum;

    /// <summary>Largest values [d]; -inf without rows.</summary>
    public ReadOnlySpan<double> Maximum => _maximum;

    /// <summary>Subtracted from each feature [d].</summary>
    public ReadOnlySpan<double> Center => _center;

    /// <summary>Divides each feature [d], above 0.</summary>
    public ReadOnlySpan<double> Width => _width;

    /// <summary>The summary of no rows: the identity of <see cref="Merge"/>. Scales nothing.</summary>
    /// <param name="features">Features d.</param>
    /// <param name="kind">How features are scaled.</param>
    /// <returns>The summary.</returns>
    public static FeatureScaler Identity(int features, ScalerKind kind = ScalerKind.Standardize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        var (minimum, maximum) = (new double[features], new double[features]);
        Array.Fill(minimum, double.PositiveInfinity);
        Array.Fill(maximum, double.NegativeInfinity);
        return new FeatureScaler(kind, 0, new double[features], new double[features], minimum, maximum);
    }

    /// <summary>The summary of rows, in two passes.</summary>
    /// <param name="rows">Finite values [n, d], row-major.</param>
    /// <param name="count">Rows n.</param>
    /// <param name="features">Features d.</param>
    /// <param name="kind">How features are scaled.</param>
    /// <returns>The summary.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static FeatureScaler Of(ReadOnlySpan<float> rows, int count, int features, ScalerKind kind = ScalerKind.Standardize)
    {
        var empty = Identity(features, kind);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, count * features, nameof(rows));
        if (count == 0) return empty;
        var (mean, squares, minimum, maximum) = (empty._mean, empty._squares, empty._minimum, empty._maximum);
        for (var i = 0; i < count; i++)
        for (var j = 0; j < features; j++)
        {
            double value = rows[(i * features) + j];
            mean[j] += value;
            minimum[j] = Math.Min(minimum[j], value);
            maximum[j] = Math.Max(maximum[j], value);
        }

        for (var j = 0; j < features; j++) mean[j] /= count;
        for (var i = 0; i < count; i++)
        for (var j = 0; j < features; j++)
        {
            var deviation = rows[(i * features) + j] - mean[j];
            squares[j] += deviation * deviation;
        }

        return new FeatureScaler(kind, count, mean, squares, minimum, maximum);
    }

    /// <summary>A summary of another number of rows with the same distribution.</summary>
    /// <param name="count">Rows, at least 0.</param>
    internal FeatureScaler WithCount(long count) => count == 0 ? Identity(Features, Kind) : new FeatureScaler(
        Kind, count, _mean, Array.ConvertAll(_squares, squares => squares / Count * count), _minimum, _maximum);

    /// <summary>The summary of the union of two sets of rows.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The summary; one of the arguments if the other has no rows.</returns>
    /// <exception cref="ArgumentException">Features or kinds differ.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static FeatureScaler Merge(FeatureScaler left, FeatureScaler right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Features != right.Features || left.Kind != right.Kind)
        {
            throw new ArgumentException(
                $"{left.Kind} of {left.Features} features cannot be merged with {right.Kind} of {right.Features}", nameof(right));
        }

        if (left.Count == 0) return right;
        if (right.Count == 0) return left;
        var d = left.Features;
        var count = left.Count + right.Count;
        var (mean, squares, minimum, maximum) = (new double[d], new double[d], new double[d], new double[d]);
        var share = (double)right.Count / count;
        for (var j = 0; j < d; j++)
        {
            var delta = right._mean[j] - left._mean[j];
            mean[j] = left._mean[j] + (delta * share);
            squares[j] = left._squares[j] + right._squares[j] + (delta * delta * share * left.Count);
            minimum[j] = Math.Min(left._minimum[j], right._minimum[j]);
            maximum[j] = Math.Max(left._maximum[j], right._maximum[j]);
        }

        return new FeatureScaler(left.Kind, count, mean, squares, minimum, maximum);
    }

    /// <summary>Reads the byte form.</summary>
    /// <param name="reader">At the first value.</param>
    /// <returns>The summary.</returns>
    /// <exception cref="CheckpointException">A value is impossible.</exception>
    public static FeatureScaler Read(CheckpointReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var kind = SpecCodec.ReadEnum<ScalerKind>(reader);
        var count = reader.ReadInt64();
        var mean = reader.ReadDoubles();
        if (count < 0 || mean.Length == 0)
            throw CheckpointReader.Malformed($"a scaler of {count} rows and {mean.Length} features is impossible");
        var d = mean.Length;
        return new FeatureScaler(kind, count, mean, reader.ReadDoubles(d), reader.ReadDoubles(d), reader.ReadDoubles(d));
    }

    /// <summary>The summary with more rows.</summary>
    /// <param name="rows">Finite values [n, d], row-major.</param>
    /// <param name="count">Rows n.</param>
    /// <returns>A new summary.</returns>
    public FeatureScaler Add(ReadOnlySpan<float> rows, int count) => Merge(this, Of(rows, count, Features, Kind));

    /// <summary>Population standard deviation of one feature.</summary>
    /// <param name="feature">Index of the feature.</param>
    /// <returns>The deviation; 0 without rows.</returns>
    public double Deviation(int feature) => Count == 0 ? 0 : Math.Sqrt(_squares[feature] / Count);

    /// <summary>Scales one row; finite input gives finite output.</summary>
    /// <param name="row">Raw values [d].</param>
    /// <param name="scaled">Receives the scaled values [d].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Transform(ReadOnlySpan<float> row, Span<float> scaled)
    {
        var (d, j, lanes) = (_center.Length, 0, Vector512<double>.Count);
        row = row[..d];
        scaled = scaled[..d];
        for (; j + lanes <= d; j += lanes)
        {
            var (center, scale) = (Vector512.Create(_center.AsSpan(j, lanes)), Vector512.Create(_scale.AsSpan(j, lanes)));
            Scale(Vector256.Create(row.Slice(j, lanes)), center, scale).CopyTo(scaled[j..]);
        }

        for (; j < d; j++) scaled[j] = (float)Math.Clamp((row[j] - _center[j]) * _scale[j], -float.MaxValue, float.MaxValue);
    }

    /// <summary>Scales one feature of many rows: the same bits as <see cref="Transform"/>.</summary>
    /// <param name="column">Raw values [count], replaced.</param>
    /// <param name="count">A multiple of eight.</param>
    /// <param name="feature">Index of the feature.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal unsafe void TransformColumn(float* column, int count, int feature)
    {
        var (center, scale) = (Vector512.Create(_center[feature]), Vector512.Create(_scale[feature]));
        for (var i = 0; i < count; i += Vector512<double>.Count) Scale(Vector256.Load(column + i), center, scale).Store(column + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> Scale(Vector256<float> raw, Vector512<double> center, Vector512<double> scale)
    {
        var wide = Vector512.Create(Vector256.WidenLower(raw), Vector256.WidenUpper(raw));
        var scaled = Vector512.Min(
            Vector512.Max((wide - center) * scale, Vector512.Create((double)-float.MaxValue)), Vector512.Create((double)float.MaxValue));
        return Vector512.Narrow(scaled, scaled).GetLower();
    }

    /// <summary>The raw value of one scaled value.</summary>
    /// <param name="feature">Index of the feature.</param>
    /// <param name="scaled">Scaled value.</param>
    /// <returns>Raw value.</returns>
    public double Inverse(int feature, double scaled) => _center[feature] + (scaled * _width[feature]);

    /// <summary>Writes the byte form.</summary>
    /// <param name="writer">Receives the values.</param>
    public void Write(CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write((int)Kind);
        writer.Write(Count);
        writer.Write(_mean.AsSpan());
        writer.Write(_squares.AsSpan());
        writer.Write(_minimum.AsSpan());
        writer.Write(_maximum.AsSpan());
    }
}
