using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Statistics;

/// <summary>
/// Mergeable summary of the distribution of numbers: all of them, sorted, up to <see cref="Capacity"/>, so that quantiles are exact; beyond
/// it they are thinned evenly by rank, and a quantile is off by at most N/<see cref="Capacity"/> ranks per merge. Immutable.
/// </summary>
internal sealed class QuantileSketch
{
    /// <summary>Most numbers kept: the windows of a stream up to 16 times the usual size are summarised exactly.</summary>
    public const int Capacity = 16_384;

    private readonly double[] _values;

    private QuantileSketch(double[] sorted, long count, bool isFinite) => (_values, Count, IsFinite) = (sorted, count, isFinite);

    /// <summary>The summary of no numbers: the identity of <see cref="Merge"/>.</summary>
    public static QuantileSketch Empty { get; } = new([], 0, isFinite: true);

    /// <summary>Numbers summarised.</summary>
    public long Count { get; }

    /// <summary>False when one of them was not finite; these are counted and not kept.</summary>
    public bool IsFinite { get; }

    /// <summary>The numbers kept, ascending.</summary>
    public ReadOnlySpan<double> Values => _values;

    private bool IsExact => Count == _values.Length;

    /// <summary>Summarises numbers.</summary>
    /// <param name="values">The numbers, in any order; copied.</param>
    public static QuantileSketch Of(ReadOnlySpan<double> values)
    {
        var isFinite = !values.ContainsAnyExceptInRange(double.MinValue, double.MaxValue);
        var kept = isFinite ? values.ToArray() : [.. values.ToArray().Where(double.IsFinite)];
        Array.Sort(kept);
        return Thin(kept, Array.ConvertAll(kept, _ => 1.0), values.Length, isFinite);
    }

    /// <summary>The summary of the union.</summary>
    public static QuantileSketch Merge(QuantileSketch left, QuantileSketch right)
    {
        if (left.Count == 0) return right;
        if (right.Count == 0) return left;
        double[] values = [.. left._values, .. right._values];
        double[] weights = [.. Enumerable.Repeat(left.Weight(), left._values.Length),
            .. Enumerable.Repeat(right.Weight(), right._values.Length)];
        Array.Sort(values, weights);
        return Thin(values, weights, left.Count + right.Count, left.IsFinite && right.IsFinite, left.IsExact && right.IsExact);
    }

    /// <summary>A quantile (linear between order statistics, Hyndman and Fan 1996, type 7).</summary>
    /// <param name="share">Share of numbers below it, in [0, 1].</param>
    /// <returns>The quantile; NaN without numbers.</returns>
    public double Quantile(double share) => _values.Length == 0 ? double.NaN : Statistics.Quantile.OfSorted(_values, share);

    public void Write(CheckpointWriter writer)
    {
        writer.Write(Count);
        writer.Write(IsFinite);
        writer.Write(Values);
    }

    /// <exception cref="CheckpointException">The numbers are too many, not finite or not ascending.</exception>
    public static QuantileSketch Read(CheckpointReader reader)
    {
        var (count, isFinite, values) = (reader.ReadInt64(), reader.ReadBoolean(), reader.ReadDoubles());
        if (values.Length > Capacity || count < values.Length || values.AsSpan().ContainsAnyExceptInRange(double.MinValue, double.MaxValue))
            throw CheckpointReader.Malformed($"a sketch of {values.Length} values for {count} numbers is impossible, or one is not finite");
        for (var i = 1; i < values.Length; i++)
            if (values[i] < values[i - 1]) throw CheckpointReader.Malformed($"value {i} of a sketch is not ascending");
        return new QuantileSketch(values, count, isFinite);
    }

    private double Weight() => _values.Length == 0 ? 0 : (double)Count / _values.Length;

    private static QuantileSketch Thin(double[] sorted, double[] weights, long count, bool isFinite, bool isExact = true)
    {
        if (isExact && sorted.Length <= Capacity) return new QuantileSketch(sorted, count, isFinite);
        var kept = new double[Math.Min(Capacity, sorted.Length)];
        var (total, passed, next) = (weights.Sum(), 0.0, 0);
        for (var i = 0; i < sorted.Length; i++)
        {
            passed += weights[i];
            while (next < kept.Length && (i == sorted.Length - 1 || next * total / Math.Max(1, kept.Length - 1) < passed))
                kept[next++] = sorted[i];
        }

        return new QuantileSketch(kept, count, isFinite);
    }
}
