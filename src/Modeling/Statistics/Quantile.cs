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

    /// <summary>As <see cref="Of"/>, in linear time.</summary>
    /// <param name="values">The values; reordered.</param>
    /// <param name="share">Share of values below the quantile.</param>
    public static double OfUnsorted(Span<double> values, double share)
    {
        var position = share * (values.Length - 1);
        var lower = (int)position;
        Select(values, lower);
        var below = values[lower];
        var above = lower + 1 < values.Length ? Smallest(values[(lower + 1)..]) : below;
        return below + ((position - lower) * (above - below));
    }

    /// <summary>Moves the value of a rank to its place, smaller ones before it (Hoare 1961).</summary>
    private static void Select(Span<double> values, int rank)
    {
        var (first, last) = (0, values.Length - 1);
        while (first < last)
        {
            var (pivot, i, j) = (values[first + ((last - first) / 2)], first, last);
            while (i <= j)
            {
                while (values[i] < pivot) i++;
                while (pivot < values[j]) j--;
                if (i > j) break;
                (values[i], values[j]) = (values[j], values[i]);
                i++;
                j--;
            }

            if (rank <= j) last = j;
            else if (rank >= i) first = i;
            else return;
        }
    }

    private static double Smallest(ReadOnlySpan<double> values)
    {
        var smallest = values[0];
        foreach (var value in values) smallest = Math.Min(smallest, value);
        return smallest;
    }
}
