using DagmmStream.Modeling.Fitting;
using DagmmStream.Modeling.Randomness;
using MathNet.Numerics;

namespace DagmmStream.Cli.Experiments;

/// <summary>
/// A variational Gaussian mixture in the plane under a truncated Dirichlet process and Gauss-Wishart priors (Blei and Jordan 2006; Bishop
/// 2006, section 10.2), started from k-means: surplus components are left without weight. Priors and stopping rule are scikit-learn's.
/// </summary>
internal sealed class BayesianMixture
{
    private const int Dimension = 2;
    private const int MaximumRounds = 500;
    private const double Tolerance = 1e-3;
    private const double Ridge = 1e-6;
    private const double MeanPrecision = 1;
    // A component without points still has a mean.
    private const double SmallestCount = 1e-15;
    private readonly double[] _points;
    private readonly int _count, _components;
    private readonly double _concentration;
    private readonly double[] _priorMean, _priorScatter;
    private readonly double[] _first, _second, _precision, _freedom, _means, _covariances, _responsibilities;

    private BayesianMixture(double[] points, int components, double concentration)
    {
        (_points, _count, _components, _concentration) = (points, points.Length / Dimension, components, concentration);
        (_first, _second) = (new double[components], new double[components]);
        (_precision, _freedom) = (new double[components], new double[components]);
        (_means, _covariances) = (new double[components * Dimension], new double[components * 4]);
        _responsibilities = new double[_count * components];
        var ones = Enumerable.Repeat(1.0, _count).ToArray();
        (_, _priorMean, _priorScatter) = Moments(ones, 0, 1);
        for (var i = 0; i < 4; i++) _priorScatter[i] *= _count / (_count - 1.0);
    }

    /// <summary>Fits mixtures and keeps the one with the highest bound.</summary>
    /// <param name="points">Points [n, 2].</param>
    /// <param name="components">Largest number of components.</param>
    /// <param name="concentration">Concentration of the process: lower leaves fewer components.</param>
    /// <param name="starts">Starts.</param>
    /// <param name="seed">Seed of the starts.</param>
    /// <param name="token">Stops it.</param>
    /// <returns>The most responsible component of each point, and the mixture of the posterior means.</returns>
    public static (int[] Labels, PlaneMixture Mixture) Fit(
        double[] points, int components, double concentration, int starts, int seed, CancellationToken token)
    {
        (BayesianMixture? best, var highest) = (null, double.NegativeInfinity);
        for (var start = 0; start < starts; start++)
        {
            var own = new BayesianMixture(points, components, concentration);
            var random = new CounterRandom((ulong)seed, RandomPurpose.Sampling, (ulong)start);
            var bound = own.Run(KMeansStart.Cluster(points, own._count, Dimension, components, ref random).Assignments, token);
            if (best is null || bound > highest) (best, highest) = (own, bound);
        }

        return (best!.Labels(), new PlaneMixture(best.Shares(), best._means, best._covariances));
    }

    private double Run(int[] assignments, CancellationToken token)
    {
        for (var i = 0; i < _count; i++) _responsibilities[(i * _components) + assignments[i]] = 1;
        Maximise();
        var bound = double.NegativeInfinity;
        for (var round = 0; round < MaximumRounds; round++)
        {
            token.ThrowIfCancellationRequested();
            var entropy = Expect();
            Maximise();
            var (last, next) = (bound, Bound(entropy));
            bound = next;
            if (Math.Abs(next - last) < Tolerance) break;
        }

        Expect();
        return bound;
    }

    private void Maximise()
    {
        var later = 0.0;
        for (var k = _components - 1; k >= 0; k--)
        {
            var (count, mean, covariance) = Moments(_responsibilities, k, _components);
            (_first[k], _second[k]) = (1 + count, _concentration + later);
            later += count;
            (_precision[k], _freedom[k]) = (MeanPrecision + count, Dimension + count);
            for (var j = 0; j < Dimension; j++)
                _means[(k * Dimension) + j] = ((MeanPrecision * _priorMean[j]) + (count * mean[j])) / _precision[k];
            for (var a = 0; a < Dimension; a++)
            for (var b = 0; b < Dimension; b++)
            {
                var between = count * MeanPrecision / _precision[k] * (mean[a] - _priorMean[a]) * (mean[b] - _priorMean[b]);
                var within = count * (covariance[(a * Dimension) + b] + (a == b ? Ridge : 0));
                _covariances[(k * 4) + (a * Dimension) + b] = (_priorScatter[(a * Dimension) + b] + within + between) / _freedom[k];
            }
        }
    }

    /// <summary>The responsibilities; returns their entropy.</summary>
    private double Expect()
    {
        var (constants, entropy, before) = (new double[_components], 0.0, 0.0);
        for (var k = 0; k < _components; k++)
        {
            var all = SpecialFunctions.DiGamma(_first[k] + _second[k]);
            var precision = Dimension * Math.Log(2);
            for (var j = 0; j < Dimension; j++) precision += SpecialFunctions.DiGamma(0.5 * (_freedom[k] - j));
            constants[k] = before + SpecialFunctions.DiGamma(_first[k]) - all - (0.5 * Dimension * Math.Log(_freedom[k]))
                + (0.5 * (precision - (Dimension / _precision[k]))) - (0.5 * Math.Log(Determinant(k)))
                - (0.5 * Dimension * Math.Log(2 * Math.PI));
            before += SpecialFunctions.DiGamma(_second[k]) - all;
        }

        for (var i = 0; i < _count; i++)
        {
            var row = _responsibilities.AsSpan(i * _components, _components);
            for (var k = 0; k < _components; k++) row[k] = constants[k] - (0.5 * Distance(i, k));
            var largest = row[0];
            foreach (var value in row) largest = Math.Max(largest, value);
            var sum = 0.0;
            foreach (var value in row) sum += Math.Exp(value - largest);
            foreach (ref var value in row)
            {
                var log = value - largest - Math.Log(sum);
                value = Math.Exp(log);
                entropy -= value * log;
            }
        }

        return entropy;
    }

    /// <summary>The evidence lower bound up to a constant.</summary>
    private double Bound(double entropy)
    {
        var bound = entropy;
        for (var k = 0; k < _components; k++)
        {
            var factor = -0.5 * (Math.Log(Determinant(k)) + (Dimension * Math.Log(_freedom[k])));
            bound += (_freedom[k] * factor) + (_freedom[k] * Dimension * 0.5 * Math.Log(2)) - (0.5 * Dimension * Math.Log(_precision[k]));
            for (var j = 0; j < Dimension; j++) bound += SpecialFunctions.GammaLn(0.5 * (_freedom[k] - j));
            bound += SpecialFunctions.GammaLn(_first[k]) + SpecialFunctions.GammaLn(_second[k])
                - SpecialFunctions.GammaLn(_first[k] + _second[k]);
        }

        return bound;
    }

    private double[] Shares()
    {
        var (shares, rest) = (new double[_components], 1.0);
        for (var k = 0; k < _components; k++)
        {
            shares[k] = rest * _first[k] / (_first[k] + _second[k]);
            rest *= _second[k] / (_first[k] + _second[k]);
        }

        var total = shares.Sum();
        return Array.ConvertAll(shares, share => share / total);
    }

    private int[] Labels() => [.. Enumerable.Range(0, _count).Select(i =>
        Enumerable.Range(0, _components).MaxBy(k => _responsibilities[(i * _components) + k]))];

    private (double Count, double[] Mean, double[] Covariance) Moments(double[] weights, int offset, int stride)
    {
        var (count, mean, covariance) = (SmallestCount, new double[Dimension], new double[4]);
        for (var i = 0; i < _count; i++)
        {
            var weight = weights[(i * stride) + offset];
            count += weight;
            for (var j = 0; j < Dimension; j++) mean[j] += weight * _points[(i * Dimension) + j];
        }

        for (var j = 0; j < Dimension; j++) mean[j] /= count;
        for (var i = 0; i < _count; i++)
        {
            var weight = weights[(i * stride) + offset] / count;
            var (x, y) = (_points[i * Dimension] - mean[0], _points[(i * Dimension) + 1] - mean[1]);
            covariance[0] += weight * x * x;
            covariance[1] += weight * x * y;
            covariance[3] += weight * y * y;
        }

        covariance[2] = covariance[1];
        return (count, mean, covariance);
    }

    private double Determinant(int k)
    {
        var s = _covariances.AsSpan(k * 4, 4);
        return (s[0] * s[3]) - (s[1] * s[2]);
    }

    private double Distance(int i, int k)
    {
        var s = _covariances.AsSpan(k * 4, 4);
        var (x, y) = (_points[i * Dimension] - _means[k * Dimension], _points[(i * Dimension) + 1] - _means[(k * Dimension) + 1]);
        return ((s[3] * x * x) - (2 * s[1] * x * y) + (s[0] * y * y)) / Determinant(k);
    }
}
