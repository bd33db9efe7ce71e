using DagmmStream.Modeling.Fitting;
using MathNet.Numerics.LinearAlgebra;

namespace DagmmStream.Cli.Evaluation;

/// <summary>Detectors without a trained network, on the same rows: what any result has to beat.</summary>
internal static class Controls
{
    private const double ConstantDeviation = 1e-12;
    // Ridge of the covariance, as a share of the mean variance: one-hot columns make it singular.
    private const double Ridge = 1e-2;
    private const double KeptVariance = 0.99;
    // Rows for the mixture on x: its cost grows with the square of the features.
    private const int MixtureRows = 5000;
    // The setting for scores of the earlier fit (docs/model.md): a strong prior, since x has many dimensions.
    private const double MixturePriorWeight = 0.02;
    private const int MixtureRounds = 30;
    private const int BlockRows = 4096;

    /// <summary>Scores of the test rows by name of the control.</summary>
    public static IEnumerable<(string Name, double[] Scores)> Score(float[] training, float[] test, int features, int components, int seed)
    {
        var standard = Scale(training, test, features, robust: false);
        var plain = Principal(standard, features, Mahalanobis, (projected, variances) => Residual(projected, Kept(variances)));
        yield return ("mahalanobis", plain[0]);
        yield return ("pca", plain[1]);
        yield return ("gaussianMixture", MixtureEnergies(standard, features, components, seed));
        var robust = Principal(Scale(training, test, features, robust: true), features, (projected, _) => Residual(projected, 1));
        yield return ("pcaRobustAsinh", robust[0]);
    }

    private static (double[] Training, double[] Test) Scale(float[] training, float[] test, int features, bool robust)
    {
        var (scaledTraining, scaledTest) = (new double[training.Length], new double[test.Length]);
        var column = new double[training.Length / features];
        for (var j = 0; j < features; j++)
        {
            for (var i = 0; i < column.Length; i++) column[i] = training[(i * features) + j];
            var (centre, width) = robust ? Robust(column) : Moments(column);
            Func<double, double> map = robust ? Math.Asinh : value => value;
            for (var at = j; at < training.Length; at += features) scaledTraining[at] = map((training[at] - centre) / width);
            for (var at = j; at < test.Length; at += features) scaledTest[at] = map((test[at] - centre) / width);
        }

        return (scaledTraining, scaledTest);
    }

    private static (double Centre, double Width) Moments(double[] column)
    {
        var mean = column.Average();
        var deviation = Math.Sqrt(column.Sum(value => (value - mean) * (value - mean)) / column.Length);
        return (mean, deviation > ConstantDeviation ? deviation : 1);
    }

    /// <summary>Median and interquartile range as a deviation, at least a tenth of the deviation; a constant column has width 1.</summary>
    private static (double Centre, double Width) Robust(double[] column)
    {
        const double gaussianRange = 1.349;
        var (_, deviation) = Moments(column);
        var sorted = column.Order().ToArray();
        double At(double share)
        {
            var position = share * (sorted.Length - 1);
            var lower = (int)position;
            return sorted[lower] + ((position - lower) * (sorted[Math.Min(lower + 1, sorted.Length - 1)] - sorted[lower]));
        }

        var range = (At(0.75) - At(0.25)) / gaussianRange;
        return (At(0.5), range > 1e-9 * deviation ? Math.Max(range, 0.1 * deviation) : deviation);
    }

    /// <summary>Scores from the coordinates of each test row along the principal axes, in ascending order of the variances.</summary>
    private static double[][] Principal(
        (double[] Training, double[] Test) data, int features, params Func<double[], double[], double>[] scorers)
    {
        var (mean, covariance) = Covariance(data.Training, features);
        var decomposition = covariance.Evd(Symmetricity.Symmetric);
        var variances = decomposition.EigenValues.Select(value => Math.Max(value.Real, 0)).ToArray();
        var axes = decomposition.EigenVectors.Transpose();
        var count = data.Test.Length / features;
        var scores = scorers.Select(_ => new double[count]).ToArray();
        for (var start = 0; start < count; start += BlockRows)
        {
            var rows = Math.Min(BlockRows, count - start);
            var projected = (axes * Centred(data.Test, start, rows, features, mean)).ToColumnArrays();
            for (var s = 0; s < scorers.Length; s++)
                for (var i = 0; i < rows; i++) scores[s][start + i] = scorers[s](projected[i], variances);
        }

        return scores;
    }

    private static (double[] Mean, Matrix<double> Covariance) Covariance(double[] rows, int features)
    {
        var (count, mean) = (rows.Length / features, new double[features]);
        for (var i = 0; i < rows.Length; i++) mean[i % features] += rows[i] / count;
        var covariance = Matrix<double>.Build.Dense(features, features);
        for (var start = 0; start < count; start += BlockRows)
        {
            var block = Centred(rows, start, Math.Min(BlockRows, count - start), features, mean);
            covariance += block.TransposeAndMultiply(block) / count;
        }

        return (mean, covariance);
    }

    /// <summary>Rows less the mean as columns [d, n]: MathNet's storage is by columns.</summary>
    private static Matrix<double> Centred(double[] rows, int start, int count, int features, double[] mean)
    {
        var block = rows.AsSpan(start * features, count * features).ToArray();
        for (var i = 0; i < block.Length; i++) block[i] -= mean[i % features];
        return Matrix<double>.Build.Dense(features, count, block);
    }

    private static double Mahalanobis(double[] projected, double[] variances)
    {
        var (ridge, sum) = (Ridge * variances.Average(), 0.0);
        for (var j = 0; j < projected.Length; j++) sum += projected[j] * projected[j] / (variances[j] + ridge);
        return sum;
    }

    /// <summary>Squared distance from the space of the leading axes, which come last.</summary>
    private static double Residual(double[] projected, int kept)
    {
        var sum = 0.0;
        for (var j = 0; j < projected.Length - kept; j++) sum += projected[j] * projected[j];
        return sum;
    }

    private static int Kept(double[] variances)
    {
        var (target, sum, kept) = (KeptVariance * variances.Sum(), 0.0, 0);
        while (kept < variances.Length - 1 && sum < target) sum += variances[variances.Length - 1 - kept++];
        return kept;
    }

    private static double[] MixtureEnergies((double[] Training, double[] Test) data, int features, int components, int seed)
    {
        // The split is a random order: the first rows are a random sample.
        var count = Math.Min(MixtureRows, data.Training.Length / features);
        var (mixture, _) = GaussianMixtureFit.Fit(
            data.Training, count, features, components, (ulong)seed, priorWeight: MixturePriorWeight, rounds: MixtureRounds);
        var (energies, scratch) = (new double[data.Test.Length / features], new double[mixture.ScratchLength]);
        for (var i = 0; i < energies.Length; i++) energies[i] = mixture.Energy(data.Test.AsSpan(i * features, features), scratch);
        return energies;
    }
}
