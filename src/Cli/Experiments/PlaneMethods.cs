using DagmmStream.Modeling.Fitting;
using DagmmStream.Modeling.Network;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Cli.Experiments;

/// <summary>What the experiment compares: labels of the training points, and the mixture found.</summary>
internal static class PlaneMethods
{
    /// <summary>Weight of the energy as published.</summary>
    public const double DefaultLambda1 = 0.1;

    /// <summary>Weight of the penalty as published.</summary>
    public const double DefaultLambda2 = 0.005;

    private const int Starts = 5;
    private const int KMeansStarts = 10;
    private const int BayesianStarts = 3;
    private const double DbscanRadius = 0.5;
    private const int DbscanPoints = 10;
    private const int PaperHidden = 10;

    public static (int[] Labels, PlaneMixture Mixture) Robust(
        double[] points, int components, bool choose, int seed, CancellationToken token)
    {
        var rows = Array.ConvertAll(points, value => (float)value);
        var options = OfflineFitOptions.Clusters with { Components = components, ChooseComponents = choose, Seed = (ulong)seed };
        var model = OfflineFit.Fit(rows, rows.Length / 2, 2, options, null, token);
        var responsibilities = model.Responsibilities(model.PublishedMember, rows, rows.Length / 2);
        return (Argmax(responsibilities, rows.Length / 2), PlaneMixture.Of(model.ToInput(model.PublishedMember)));
    }

    /// <summary>DAGMM as published; the mixture over z has no inverse, so that over x follows from the labels.</summary>
    public static (int[] Labels, PlaneMixture Mixture) Paper(
        double[] points, int components, int epochs, int seed, CancellationToken token, double lambda1 = DefaultLambda1,
        double lambda2 = DefaultLambda2, IProgress<FitProgress>? progress = null)
    {
        var rows = Array.ConvertAll(points, value => (float)value);
        var spec = ModelSpec.Paper(2, [PaperHidden], 1, components);
        spec = spec with { Members = [spec.Members[0] with { EnergyWeight = lambda1, PenaltyWeight = lambda2 }] };
        var options = new PaperFitOptions { Spec = spec, Epochs = epochs, Seed = (ulong)seed, BatchRows = 128 };
        var snapshot = PaperFit.Fit(new SimdTrainingEngine(), rows, rows.Length / 2, options, progress, token).Snapshot;
        var (network, z, scaled) = (new MemberNetwork<float>(snapshot.Layout), new double[spec.LatentDimension], new float[2]);
        var joint = new double[rows.Length / 2 * components];
        var scratch = new double[spec.LatentDimension];
        for (var i = 0; i < rows.Length / 2; i++)
        {
            snapshot.Scaler.Transform(rows.AsSpan(2 * i, 2), scaled);
            network.Encode(snapshot.Weights.Span, spec.Members[0], scaled, z);
            snapshot.Members[0].Mixture.LogJoint(z, joint.AsSpan(i * components, components), scratch);
        }

        var labels = Argmax(joint, rows.Length / 2);
        return (labels, PlaneMixture.OfLabels(points, labels));
    }

    public static (int[] Labels, PlaneMixture Mixture) Em(double[] points, int components, int seed, CancellationToken token)
    {
        var (mixture, _) = GaussianMixtureFit.Fit(points, points.Length / 2, 2, components, (ulong)seed, Starts, cancellationToken: token);
        var found = PlaneMixture.Of(mixture);
        return (found.Assign(points), found);
    }

    /// <summary>A variational mixture, with scikit-learn's default concentration.</summary>
    public static (int[] Labels, PlaneMixture Mixture) Bayesian(double[] points, int components, int seed, CancellationToken token) =>
        BayesianMixture.Fit(points, components, 1.0 / components, BayesianStarts, seed, token);

    public static (int[] Labels, PlaneMixture Mixture) KMeans(double[] points, int components, int seed)
    {
        var (best, inertia) = (Array.Empty<int>(), double.PositiveInfinity);
        for (var start = 0; start < KMeansStarts; start++)
        {
            var random = new CounterRandom((ulong)seed, RandomPurpose.Sampling, (ulong)start);
            var (labels, sum) = KMeansStart.Cluster(points, points.Length / 2, 2, components, ref random);
            if (sum < inertia) (best, inertia) = (labels, sum);
        }

        return (best, PlaneMixture.OfLabels(points, best));
    }

    /// <summary>Density-based clusters (Ester et al. 1996) of a fixed radius; noise has label -1.</summary>
    public static (int[] Labels, PlaneMixture Mixture) Dbscan(double[] points)
    {
        var count = points.Length / 2;
        var labels = Enumerable.Repeat(-1, count).ToArray();
        var neighbours = Enumerable.Range(0, count).Select(i => Enumerable.Range(0, count).Where(
            j => SquaredDistance(points, i, j) <= DbscanRadius * DbscanRadius).ToArray()).ToArray();
        var clusters = 0;
        for (var i = 0; i < count; i++)
        {
            if (labels[i] >= 0 || neighbours[i].Length < DbscanPoints) continue;
            var open = new Stack<int>([i]);
            labels[i] = clusters;
            while (open.TryPop(out var core))
            {
                if (neighbours[core].Length < DbscanPoints) continue;
                foreach (var j in neighbours[core].Where(j => labels[j] < 0))
                {
                    labels[j] = clusters;
                    open.Push(j);
                }
            }

            clusters++;
        }

        return (labels, PlaneMixture.OfLabels(points, labels));
    }

    /// <summary>Agglomerative clusters by Ward's criterion (1963), with the nearest-neighbour chain (Murtagh 1983).</summary>
    public static (int[] Labels, PlaneMixture Mixture) Ward(double[] points, int clusters)
    {
        var count = points.Length / 2;
        var (centres, sizes) = ((double[])points.Clone(), Enumerable.Repeat(1.0, count).ToArray());
        var merges = new List<(double Cost, int Left, int Right)>();
        double Cost(int i, int j) => sizes[i] * sizes[j] / (sizes[i] + sizes[j]) * SquaredDistance(centres, i, j);
        var (alive, chain) = (Enumerable.Range(0, count).ToHashSet(), new List<int>());
        while (alive.Count > 1)
        {
            if (chain.Count == 0) chain.Add(alive.First());
            var last = chain[^1];
            var before = chain.Count > 1 ? chain[^2] : -1;
            // Of equally near ones the last of the chain, so that it ends.
            var (nearest, cost) = (before, before >= 0 ? Cost(last, before) : double.PositiveInfinity);
            foreach (var other in alive)
                if (other != last && Cost(last, other) < cost) (nearest, cost) = (other, Cost(last, other));
            if (nearest != before)
            {
                chain.Add(nearest);
                continue;
            }

            chain.RemoveRange(chain.Count - 2, 2);
            merges.Add((cost, last, nearest));
            for (var a = 0; a < 2; a++)
            {
                var sum = (centres[(2 * last) + a] * sizes[last]) + (centres[(2 * nearest) + a] * sizes[nearest]);
                centres[(2 * last) + a] = sum / (sizes[last] + sizes[nearest]);
            }

            sizes[last] += sizes[nearest];
            alive.Remove(nearest);
        }

        var labels = Cut(count, merges, clusters);
        return (labels, PlaneMixture.OfLabels(points, labels));
    }

    private static int[] Cut(int count, List<(double Cost, int Left, int Right)> merges, int clusters)
    {
        var parent = Enumerable.Range(0, count).ToArray();
        int Root(int i) => parent[i] == i ? i : parent[i] = Root(parent[i]);
        // A merge names a point of either cluster: the dearest ones are undone.
        foreach (var (_, left, right) in merges.OrderBy(merge => merge.Cost).Take(count - clusters)) parent[Root(right)] = Root(left);
        var numbers = new Dictionary<int, int>();
        return [.. Enumerable.Range(0, count).Select(i => numbers.TryGetValue(Root(i), out var k) ? k : numbers[Root(i)] = numbers.Count)];
    }

    private static int[] Argmax(double[] values, int rows)
    {
        var k = values.Length / rows;
        return [.. Enumerable.Range(0, rows).Select(i =>
        {
            var row = values.AsSpan(i * k, k);
            var best = 0;
            for (var c = 1; c < k; c++)
                if (row[c] > row[best]) best = c;
            return best;
        })];
    }

    private static double SquaredDistance(double[] points, int i, int j)
    {
        var (x, y) = (points[2 * i] - points[2 * j], points[(2 * i) + 1] - points[(2 * j) + 1]);
        return (x * x) + (y * y);
    }
}
