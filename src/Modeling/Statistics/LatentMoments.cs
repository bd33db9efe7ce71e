using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Statistics;

/// <summary>Mergeable mean and squared deviations of z over rows (Chan et al. 1979). Immutable.</summary>
/// <param name="Rows">Rows n.</param>
/// <param name="Mean">Means [D].</param>
/// <param name="Squares">Sums of squared deviations from the mean [D].</param>
internal sealed record LatentMoments(long Rows, double[] Mean, double[] Squares)
{
    /// <summary>The moments of no rows: the identity of <see cref="Merge"/>.</summary>
    public static LatentMoments Identity(int dimension) => new(0, new double[dimension], new double[dimension]);

    /// <summary>The moments of the union of two sets of rows.</summary>
    public static LatentMoments Merge(LatentMoments left, LatentMoments right)
    {
        if (left.Rows == 0) return right;
        if (right.Rows == 0) return left;
        var (rows, d) = (left.Rows + right.Rows, left.Mean.Length);
        var (mean, squares, share) = (new double[d], new double[d], (double)right.Rows / (left.Rows + right.Rows));
        for (var j = 0; j < d; j++)
        {
            var delta = right.Mean[j] - left.Mean[j];
            mean[j] = left.Mean[j] + (delta * share);
            squares[j] = left.Squares[j] + right.Squares[j] + (delta * delta * share * left.Rows);
        }

        return new LatentMoments(rows, mean, squares);
    }

    /// <summary>Mean and sqrt(population variance + floor).</summary>
    public LatentStandardizer Standardizer(double varianceFloor) =>
        new(Mean, Array.ConvertAll(Squares, squares => Math.Sqrt((squares / Rows) + varianceFloor)));

    public void Write(CheckpointWriter writer)
    {
        writer.Write(Rows);
        writer.Write((ReadOnlySpan<double>)Mean);
        writer.Write((ReadOnlySpan<double>)Squares);
    }

    public static LatentMoments Read(CheckpointReader reader)
    {
        var (rows, mean) = (reader.ReadInt64(), reader.ReadDoubles());
        return new LatentMoments(rows, mean, reader.ReadDoubles(mean.Length));
    }
}
