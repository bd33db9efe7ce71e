using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// The slow evidence beside the members: the mean absolute z-score of an event's features under the statistics of all events ever seen,
/// which no adaptation can make forget. Immutable.
/// </summary>
internal sealed class HistoryDistance
{
    // A feature that has been constant so far and moves is as surprising as this, and no more.
    private const double LargestZ = 1e6;
    private const double SmallestShare = 1e-9;
    private const int PieceRows = ScoringTile.Rows;
    private readonly FeatureScaler _summary;
    private readonly double[] _precision;

    /// <summary>Freezes it.</summary>
    /// <param name="summary">Summary of all events.</param>
    /// <param name="weight">Weight in the live score, in (0, 1].</param>
    /// <param name="median">Median over the window.</param>
    /// <param name="range">Interquartile range over the window.</param>
    public HistoryDistance(FeatureScaler summary, double weight, double median, double range)
        : this(summary, Precision(summary), weight, median, range)
    {
    }

    private HistoryDistance(FeatureScaler summary, double[] precision, double weight, double median, double range) =>
        (_summary, _precision, Weight, Median, Range) = (summary, precision, weight, median, range);

    /// <summary>Weight in the live score, in (0, 1].</summary>
    public double Weight { get; }

    /// <summary>Median over the window.</summary>
    public double Median { get; }

    /// <summary>Interquartile range over the window.</summary>
    public double Range { get; }

    /// <summary>Measures a window and freezes what was found.</summary>
    /// <param name="summary">Summary of all events.</param>
    /// <param name="weight">Weight in the live score.</param>
    /// <param name="rows">Raw features [n, d].</param>
    /// <param name="live">Live scores of the members [n]; the distance is mixed in.</param>
    /// <returns>The distance.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static HistoryDistance Measure(FeatureScaler summary, double weight, ReadOnlySpan<float> rows, Span<double> live)
    {
        var precision = Precision(summary);
        var rented = ArrayPool<double>.Shared.Rent(live.Length);
        var distances = rented.AsSpan(0, live.Length);
        Distances(summary.Mean, precision, rows, distances);
        var range = Quantile.OfUnsorted(distances, 0.75) - Quantile.OfUnsorted(distances, 0.25);
        var history = new HistoryDistance(summary, precision, weight, Quantile.OfUnsorted(distances, 0.5), range);
        EnergyScorer.MixStandardized(distances, history.Median, range, weight, live);
        ArrayPool<double>.Shared.Return(rented);
        return history;
    }

    /// <summary>Distances of rows [n, d] from the events of a summary, not standardised.</summary>
    public static double[] Distances(FeatureScaler summary, ReadOnlySpan<float> rows)
    {
        var distances = new double[rows.Length / summary.Features];
        Distances(summary.Mean, Precision(summary), rows, distances);
        return distances;
    }

    /// <summary>Mixes the evidence of one event into its score.</summary>
    /// <param name="live">Score of the members.</param>
    /// <param name="row">Raw features [d].</param>
    /// <returns>The mixed score.</returns>
    public double Mix(double live, ReadOnlySpan<float> row) =>
        ((1 - Weight) * live) + (Weight * EnergyScorer.Standardized(Of(_summary.Mean, _precision, row), Median, Range));

    /// <summary>Mixes the evidence of events into their scores, with the same bits as one by one.</summary>
    /// <param name="live">Scores of the members [n].</param>
    /// <param name="rows">Raw features [n, d].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Mix(Span<double> live, ReadOnlySpan<float> rows)
    {
        Span<double> distances = stackalloc double[PieceRows];
        for (var at = 0; at < live.Length; at += PieceRows)
        {
            var piece = live.Slice(at, Math.Min(PieceRows, live.Length - at));
            Distances(_summary.Mean, _precision, rows[(at * _precision.Length)..], distances[..piece.Length]);
            EnergyScorer.MixStandardized(distances[..piece.Length], Median, Range, Weight, piece);
        }
    }

    public void Write(CheckpointWriter writer)
    {
        _summary.Write(writer);
        writer.Write(Weight);
        writer.Write(Median);
        writer.Write(Range);
    }

    public static HistoryDistance Read(CheckpointReader reader) =>
        new(FeatureScaler.Read(reader), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());

    /// <summary>True if it is of so many features and its numbers can be used.</summary>
    public bool Fits(int features) => _summary.Features == features && Weight is > 0 and <= 1 && double.IsFinite(Median) && Range >= 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Distances(ReadOnlySpan<double> mean, double[] precision, ReadOnlySpan<float> rows, Span<double> distances)
    {
        var d = precision.Length;
        for (var i = 0; i < distances.Length; i++) distances[i] = Of(mean, precision, rows.Slice(i * d, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Of(ReadOnlySpan<double> mean, ReadOnlySpan<double> precision, ReadOnlySpan<float> row)
    {
        var (j, lanes, total, largest) = (0, Vector512<double>.Count, Vector512<double>.Zero, Vector512.Create(LargestZ));
        for (; j + lanes <= row.Length; j += lanes)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(row.Slice(j, lanes)));
            var z = Vector512.Abs(Vector512.Create(low, high) - Vector512.Create(mean.Slice(j, lanes)))
                * Vector512.Create(precision.Slice(j, lanes));
            total += Vector512.Min(largest, z);
        }

        var sum = Vector512.Sum(total);
        for (; j < row.Length; j++) sum += Math.Min(LargestZ, Math.Abs(row[j] - mean[j]) * precision[j]);
        return sum / row.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double[] Precision(FeatureScaler summary)
    {
        var precision = new double[summary.Features];
        for (var j = 0; j < precision.Length; j++)
            precision[j] = 1 / (summary.Deviation(j) + (SmallestShare * (1 + Math.Abs(summary.Mean[j]))));
        return precision;
    }
}
