using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using DagmmStream.Cli.Csv;
using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Cli.Experiments;

/// <summary>Points in the plane with their true components.</summary>
/// <param name="Truth">The mixture they come from.</param>
/// <param name="Training">Points [n, 2].</param>
/// <param name="Labels">True component of each point [n].</param>
/// <param name="HeldOut">Points that no method sees [m, 2].</param>
internal sealed record PlanePoints(PlaneMixture Truth, double[] Training, int[] Labels, double[] HeldOut)
{
    public const int Rows = 1500;
    public static readonly string[] Names = ["separated", "overlapping", "anisotropic"];

    public static PlaneMixture TruthOf(string name) => name switch
    {
        "separated" => new([1.0 / 3, 1.0 / 3, 1.0 / 3], [0, 0, 8, 0, 4, 7], [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]),
        "overlapping" => new([1.0 / 3, 1.0 / 3, 1.0 / 3], [0, 0, 2.5, 0, 1.25, 2.2], [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]),
        _ => new([0.70, 0.22, 0.08], [0, 0, 3, 3, -4, 4], [.. Rotated(0.6, 6, 0.15), .. Rotated(-0.8, 2.5, 0.2), .. Rotated(0, 0.3, 0.3)]),
    };

    /// <summary>Fresh points of a known mixture.</summary>
    public static PlanePoints Sample(string name, int seed) => Sample(TruthOf(name), seed);

    /// <summary>Fresh points of a mixture.</summary>
    public static PlanePoints Sample(PlaneMixture truth, int seed)
    {
        var random = new CounterRandom((ulong)seed, RandomPurpose.Sampling, ulong.MaxValue - 1);
        var (training, labels) = Draw(truth, ref random);
        var (heldOut, _) = Draw(truth, ref random);
        return new PlanePoints(truth, training, labels, heldOut);
    }

    /// <summary>
    /// Points of a file: x0, x1, label, split (train or test); the truth is the known mixture, or the moments of the training labels.
    /// </summary>
    public static PlanePoints Read(string path)
    {
        using var parser = new CsvParser(new StreamReader(path), new CsvConfiguration(CultureInfo.InvariantCulture));
        var (training, labels, heldOut) = (new List<double>(), new List<int>(), new List<double>());
        parser.Read();
        while (parser.Read())
        {
            if (parser.Count != 4 || !int.TryParse(parser[2], NumberStyles.Integer, CultureInfo.InvariantCulture, out var label))
                throw new CsvFormatException($"{path}: line {parser.RawRow}: expected x0, x1, label, split");
            var target = parser[3] == "train" ? training : heldOut;
            for (var j = 0; j < 2; j++)
            {
                if (!double.TryParse(parser[j], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
                    throw new CsvFormatException($"{path}: line {parser.RawRow}: \"{parser[j]}\" is not a finite number");
                target.Add(value);
            }

            if (parser[3] == "train") labels.Add(label);
        }

        if (labels.Count < 16 || heldOut.Count == 0)
            throw new CsvFormatException($"{path}: {labels.Count} training and {heldOut.Count / 2} test points; use at least 16 and 1");
        var known = Array.Find(Names, name => Path.GetFileName(path).Contains(name, StringComparison.Ordinal));
        var truth = known is null ? PlaneMixture.OfLabels([.. training], [.. labels]) : TruthOf(known);
        return new PlanePoints(truth, [.. training], [.. labels], [.. heldOut]);
    }

    private static (double[] Points, int[] Labels) Draw(PlaneMixture truth, ref CounterRandom random)
    {
        var (points, labels) = (new double[Rows * 2], new int[Rows]);
        for (var i = 0; i < Rows; i++)
        {
            var (at, k) = (random.NextDouble(), 0);
            while (k < truth.Components - 1 && at >= truth.Shares[k]) at -= truth.Shares[k++];
            var s = truth.Covariances.AsSpan(k * 4, 4);
            // The Cholesky factor of two dimensions.
            var (c00, c10) = (Math.Sqrt(s[0]), s[1] / Math.Sqrt(s[0]));
            var (g0, g1) = (random.NextGaussian(), random.NextGaussian());
            points[2 * i] = truth.Means[2 * k] + (c00 * g0);
            points[(2 * i) + 1] = truth.Means[(2 * k) + 1] + (c10 * g0) + (Math.Sqrt(s[3] - (c10 * c10)) * g1);
            labels[i] = k;
        }

        return (points, labels);
    }

    /// <summary>A covariance [2, 2] of variances a and b along axes turned by an angle.</summary>
    public static double[] Rotated(double angle, double a, double b)
    {
        var (s, c) = Math.SinCos(angle);
        return [(a * c * c) + (b * s * s), (a - b) * s * c, (a - b) * s * c, (a * s * s) + (b * c * c)];
    }
}
