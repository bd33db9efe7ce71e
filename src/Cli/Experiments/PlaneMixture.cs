using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Cli.Experiments;

/// <summary>A Gaussian mixture in the plane: what an experiment looks for, or what a method found.</summary>
/// <param name="Shares">phi [K].</param>
/// <param name="Means">mu [K, 2].</param>
/// <param name="Covariances">Sigma [K, 2, 2].</param>
internal sealed record PlaneMixture(double[] Shares, double[] Means, double[] Covariances)
{
    // Of a cluster: rows below which it has no covariance, and what is added to the diagonal.
    private const int SmallestCluster = 4;
    private const double Ridge = 1e-9;

    public int Components => Shares.Length;

    public static PlaneMixture Of(Mixture mixture) => new(
        [.. mixture.LogShares.ToArray().Select(Math.Exp)], mixture.Means.ToArray(),
        [.. Enumerable.Range(0, mixture.Components).SelectMany(mixture.Covariance)]);

    /// <summary>The mixture of the moments of clusters; negative labels are noise, clusters of less than four points are none.</summary>
    public static PlaneMixture OfLabels(double[] points, int[] labels)
    {
        var clusters = labels.Select((label, i) => (Label: label, Index: i)).Where(pair => pair.Label >= 0).GroupBy(pair => pair.Label)
            .Where(group => group.Count() >= SmallestCluster).OrderBy(group => group.Key)
            .Select(group => group.Select(pair => pair.Index).ToArray()).ToArray();
        var (total, k) = ((double)clusters.Sum(cluster => cluster.Length), clusters.Length);
        var (means, covariances) = (new double[k * 2], new double[k * 4]);
        for (var c = 0; c < k; c++)
        {
            double count = clusters[c].Length;
            for (var j = 0; j < 2; j++) means[(c * 2) + j] = clusters[c].Average(i => points[(i * 2) + j]);
            for (var a = 0; a < 2; a++)
            for (var b = 0; b < 2; b++)
            {
                var sum = clusters[c].Sum(i => (points[(i * 2) + a] - means[(c * 2) + a]) * (points[(i * 2) + b] - means[(c * 2) + b]));
                covariances[(c * 4) + (a * 2) + b] = (sum / count) + (a == b ? Ridge : 0);
            }
        }

        return new PlaneMixture([.. clusters.Select(cluster => cluster.Length / total)], means, covariances);
    }

    /// <summary>Mean log-likelihood of points [n, 2].</summary>
    public double LogLikelihood(double[] points) => -Mixed(points, (mixture, point, scratch) => mixture.Energy(point, scratch)).Average();

    /// <summary>The most probable component of each point.</summary>
    public int[] Assign(double[] points) => Mixed(points, (mixture, point, scratch) =>
    {
        var joint = scratch.AsSpan(2, Components);
        mixture.LogJoint(point, joint, scratch.AsSpan(0, 2));
        var best = 0;
        for (var k = 1; k < joint.Length; k++)
            if (joint[k] > joint[best]) best = k;
        return best;
    });

    /// <summary>Squared 2-Wasserstein distance (Bures): in the plane tr (A B)^(1/2) = sqrt(tr AB + 2 sqrt(det AB)).</summary>
    public double SquaredDistance(int component, PlaneMixture other, int otherComponent)
    {
        var a = Covariances.AsSpan(component * 4, 4);
        var b = other.Covariances.AsSpan(otherComponent * 4, 4);
        var trace = (a[0] * b[0]) + (a[1] * b[2]) + (a[2] * b[1]) + (a[3] * b[3]);
        var determinant = ((a[0] * a[3]) - (a[1] * a[2])) * ((b[0] * b[3]) - (b[1] * b[2]));
        var cross = Math.Sqrt(Math.Max(0, trace + (2 * Math.Sqrt(Math.Max(0, determinant)))));
        return Math.Max(0, SquaredMeanDistance(component, other, otherComponent) + a[0] + a[3] + b[0] + b[3] - (2 * cross));
    }

    public double SquaredMeanDistance(int component, PlaneMixture other, int otherComponent)
    {
        var x = Means[component * 2] - other.Means[otherComponent * 2];
        var y = Means[(component * 2) + 1] - other.Means[(otherComponent * 2) + 1];
        return (x * x) + (y * y);
    }

    private T[] Mixed<T>(double[] points, Func<Mixture, double[], double[], T> read)
    {
        var mixture = Mixture.Create(Array.ConvertAll(Shares, Math.Log), Means, Covariances, 2, out _)
            ?? throw new InvalidDataException("the mixture has a value that is not finite");
        var scratch = new double[mixture.ScratchLength];
        return [.. Enumerable.Range(0, points.Length / 2).Select(i => read(mixture, points[(2 * i)..((2 * i) + 2)], scratch))];
    }
}
