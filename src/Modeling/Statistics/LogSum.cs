namespace DagmmStream.Modeling.Statistics;

/// <summary>
/// Sums of exponentials in logarithms; the largest term is taken out first, so that nothing overflows and nothing is lost to underflow.
/// </summary>
internal static class LogSum
{
    public static double Of(ReadOnlySpan<double> values) => Of(values, 0, 1, values.Length);

    public static double Of(ReadOnlySpan<double> values, int start, int stride, int count)
    {
        var largest = double.NegativeInfinity;
        for (int i = 0, at = start; i < count; i++, at += stride) largest = Math.Max(largest, values[at]);
        // All terms absent (-inf), or one is +inf or NaN: the largest is the sum.
        if (!double.IsFinite(largest)) return largest;
        var sum = 0.0;
        for (int i = 0, at = start; i < count; i++, at += stride) sum += Math.Exp(values[at] - largest);
        return largest + Math.Log(sum);
    }

    public static double Of(double left, double right)
    {
        var (large, small) = left >= right ? (left, right) : (right, left);
        return double.IsNegativeInfinity(small) ? large : large + Math.Log(1 + Math.Exp(small - large));
    }
}
