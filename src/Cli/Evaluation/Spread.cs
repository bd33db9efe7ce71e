namespace DagmmStream.Cli.Evaluation;

/// <summary>Mean and population standard deviation; null where there is no value.</summary>
/// <param name="Mean">Mean of the values that exist.</param>
/// <param name="Deviation">Their population standard deviation.</param>
internal readonly record struct Spread(double? Mean, double? Deviation)
{
    public static Spread Of(IEnumerable<double?> values)
    {
        var known = values.OfType<double>().Where(double.IsFinite).ToArray();
        if (known.Length == 0) return default;
        var mean = known.Average();
        return new Spread(mean, Math.Sqrt(known.Sum(value => (value - mean) * (value - mean)) / known.Length));
    }
}
