using System.Runtime.CompilerServices;
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
        var (precision, distances) = (Precision(summary), Distances(summary, rows[..(live.Length * summary.Features)]));
        var sorted = Quantile.Sorted(distances);
        var range = Quantile.OfSorted(sorted, 0.75) - Quantile.OfSorted(sorted, 0.25);
        var history = new HistoryDistance(summary, precision, weight, Quantile.OfSorted(sorted, 0.5), range);
        for (var i = 0; i < live.Length; i++) live[i] = history.Mix(live[i], distances[i]);
        return history;
    }

    /// <summary>Distances of rows [n, d] from the events of a summary, not standardised.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double[] Distances(FeatureScaler summary, ReadOnlySpan<float> rows)
    {
        var (d, distances, precision) = (summary.Features, new double[rows.Length / summary.Features], Precision(summary));
        for (var i = 0; i < distances.Length; i++) distances[i] = Of(summary.Mean, precision, rows.Slice(i * d, d));
        return distances;
    }

    /// <summary>Mixes the evidence of one event into its score.</summary>
    /// <param name="live">Score of the members.</param>
    /// <param name="row">Raw features [d].</param>
    /// <returns>The mixed score.</returns>
    public double Mix(double live, ReadOnlySpan<float> row) => Mix(live, Of(_summary.Mean, _precision, row));

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

    private double Mix(double live, double distance) =>
        ((1 - Weight) * live) + (Weight * EnergyScorer.Standardized(distance, Median, Range));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Of(ReadOnlySpan<double> mean, double[] precision, ReadOnlySpan<float> row)
    {
        row = row[..precision.Length];
        mean = mean[..precision.Length];
        var sum = 0.0;
        for (var j = 0; j < precision.Length; j++) sum += Math.Min(LargestZ, Math.Abs(row[j] - mean[j]) * precision[j]);
        return sum / precision.Length;
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
