using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DagmmStream.Modeling.Statistics;

/// <summary>Quantiles by linear interpolation between order statistics (Hyndman and Fan 1996, definition 7).</summary>
internal static class Quantile
{
    // So few are sorted faster than enclosed further.
    private const int FewValues = 32;
    private const ulong SignBit = 1UL << 63;

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

    /// <summary>As <see cref="Of"/>, without sorting: the order statistics are enclosed by counting.</summary>
    /// <param name="values">The values, left as they are.</param>
    /// <param name="share">Share of values below the quantile.</param>
    public static double OfUnsorted(ReadOnlySpan<double> values, double share)
    {
        // What is not a number has no rank to count.
        if (values.Length <= FewValues || values.ContainsAnyExceptInRange(double.MinValue, double.MaxValue)) return Of(values, share);
        var position = share * (values.Length - 1);
        var lower = (int)position;
        Span<double> candidates = stackalloc double[FewValues + 1];
        var (below, above) = Select(values, lower, candidates);
        return below + ((position - lower) * (above - below));
    }

    /// <summary>The values of a rank and of the next one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Below, double Above) Select(ReadOnlySpan<double> values, int rank, Span<double> candidates)
    {
        var (low, high) = (Key(Smallest(values)), Key(Largest(values)));
        // Values below low: at most rank; values up to high: more than rank.
        var (before, through) = (0, values.Length);
        while (low < high && through - before > FewValues)
        {
            var middle = low + ((high - low) / 2);
            var count = CountUpTo(values, Value(middle));
            if (count > rank) (high, through) = (middle, count);
            else (low, before) = (middle + 1, count);
        }

        var (first, last, next) = (Value(low), Value(high), double.PositiveInfinity);
        if (low == high) return (first, rank + 1 < through ? first : Next(values, first));
        var found = 0;
        foreach (var value in values)
            if (value >= first && value <= last) candidates[found++] = value;
            else if (value > last) next = Math.Min(next, value);
        candidates[..found].Sort();
        var at = rank - before;
        return (candidates[at], at + 1 < found ? candidates[at + 1] : double.IsFinite(next) ? next : candidates[at]);
    }

    /// <summary>The smallest value above another; itself if there is none.</summary>
    private static double Next(ReadOnlySpan<double> values, double other)
    {
        var next = double.PositiveInfinity;
        foreach (var value in values)
            if (value > other) next = Math.Min(next, value);
        return double.IsFinite(next) ? next : other;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int CountUpTo(ReadOnlySpan<double> values, double limit)
    {
        var (limits, counts, at) = (Vector512.Create(limit), Vector512<long>.Zero, 0);
        for (; at + Vector512<double>.Count <= values.Length; at += Vector512<double>.Count)
            counts -= Vector512.LessThanOrEqual(Vector512.Create(values.Slice(at, Vector512<double>.Count)), limits).AsInt64();
        var count = (int)Vector512.Sum(counts);
        foreach (var value in values[at..])
            if (value <= limit) count++;
        return count;
    }

    /// <summary>Finite doubles in their order as unsigned integers; zeros of both signs are one.</summary>
    private static ulong Key(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value + 0.0);
        return (bits & SignBit) == 0 ? bits | SignBit : ~bits;
    }

    private static double Value(ulong key) => BitConverter.UInt64BitsToDouble((key & SignBit) == 0 ? ~key : key & ~SignBit);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Smallest(ReadOnlySpan<double> values)
    {
        var (smallest, at) = (Vector512.Create(values[0]), 0);
        for (; at + Vector512<double>.Count <= values.Length; at += Vector512<double>.Count)
            smallest = Vector512.Min(smallest, Vector512.Create(values.Slice(at, Vector512<double>.Count)));
        var result = values[0];
        for (var lane = 0; lane < Vector512<double>.Count; lane++) result = Math.Min(result, smallest[lane]);
        foreach (var value in values[at..]) result = Math.Min(result, value);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Largest(ReadOnlySpan<double> values)
    {
        var (largest, at) = (Vector512.Create(values[0]), 0);
        for (; at + Vector512<double>.Count <= values.Length; at += Vector512<double>.Count)
            largest = Vector512.Max(largest, Vector512.Create(values.Slice(at, Vector512<double>.Count)));
        var result = values[0];
        for (var lane = 0; lane < Vector512<double>.Count; lane++) result = Math.Max(result, largest[lane]);
        foreach (var value in values[at..]) result = Math.Max(result, value);
        return result;
    }
}
