namespace DagmmStream.Modeling.Statistics;

/// <summary>Mean and deviation of z over rows, and the standardisation (z - mean) / deviation.</summary>
internal readonly record struct LatentStandardizer(double[] Mean, double[] Deviation)
{
    /// <summary>What leaves z as it is.</summary>
    public static LatentStandardizer None(int d) => new(new double[d], [.. Enumerable.Repeat(1.0, d)]);

    /// <summary>Mean and sqrt(population variance + floor) of z [rows, d].</summary>
    public static LatentStandardizer Of(ReadOnlySpan<double> z, int rows, int d, double varianceFloor)
    {
        var (mean, deviation) = (new double[d], new double[d]);
        for (var i = 0; i < rows; i++) DenseMath.AddScaled(mean, z.Slice(i * d, d), 1.0 / rows);
        for (var i = 0; i < rows; i++)
        for (var j = 0; j < d; j++) deviation[j] += (z[(i * d) + j] - mean[j]) * (z[(i * d) + j] - mean[j]) / rows;
        for (var j = 0; j < d; j++) deviation[j] = Math.Sqrt(deviation[j] + varianceFloor);
        return new LatentStandardizer(mean, deviation);
    }

    /// <summary>Standardises z [rows, d] in place.</summary>
    public void Apply(Span<double> z)
    {
        var d = Mean.Length;
        for (var i = 0; i < z.Length; i++) z[i] = (z[i] - Mean[i % d]) / Deviation[i % d];
    }
}
