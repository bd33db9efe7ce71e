namespace DagmmStream.Modeling.Statistics;

/// <summary>Quantiles by linear interpolation between order statistics (Hyndman and Fan 1996, definition 7).</summary>
internal static class Quantile
{
    public static double Of(ReadOnlySpan<double> values, double share) => OfSorted(Sorted(values), share);

    public static double[] Sorted(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted;
    }

    public static double OfSorted(ReadOnlySpan<double> sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var lower = (int)position;
        var upper = Math.Min(lower + 1, sorted.Length - 1);
        return sorted[lower] + ((position - lower) * (sorted[upper] - sorted[lower]));
    }
}
