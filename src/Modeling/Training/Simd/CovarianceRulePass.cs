using System.Runtime.CompilerServices;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// From weighted means and covariances to the mixture's parameters by <see cref="CovarianceRule"/>, and the gradient back.
/// </summary>
internal sealed unsafe class CovarianceRulePass
{
    private const double PseudoCount = 0.01;
    private const double VarianceFloor = 1e-10;
    private const double Ridge = 1e-4;
    private double* _pooledMean;
    private double* _pooledVariance;
    private double* _pooledMeanGradient;
    private double* _pooledVarianceGradient;
    private double* _shift;
    private double* _product;
    private double* _deviations;
    private ModelSpec _spec = null!;
    private RowShape _rows;

    private int Dimension => _spec.LatentDimension;

    /// <summary>Cuts the buffers.</summary>
    public void Cut(Arena arena, ModelSpec spec, RowShape rows)
    {
        (_spec, _rows) = (spec, rows);
        var d = spec.LatentDimension;
        _pooledMean = arena.Doubles(d);
        _pooledVariance = arena.Doubles(d);
        _pooledMeanGradient = arena.Doubles(d);
        _pooledVarianceGradient = arena.Doubles(d);
        _shift = arena.Doubles(d);
        _product = arena.Doubles(d);
        _deviations = arena.Doubles(rows.Stride);
    }

    /// <summary>Computes the mixture.</summary>
    /// <param name="z">Columns [D, stride].</param>
    /// <param name="logCounts">Logarithms of the sums of memberships [K].</param>
    /// <param name="own">Weighted means and covariances.</param>
    /// <param name="member">The member.</param>
    /// <param name="mixture">Receives the mixture.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(double* z, double* logCounts, MixtureTerms own, MemberSpec member, MixtureTerms mixture)
    {
        var isMap = _spec.CovarianceRule == CovarianceRule.Map;
        if (isMap) Pool(z);
        for (var k = 0; k < _spec.Components; k++)
        {
            if (isMap) Posterior(k, Math.Exp(logCounts[k]), own, member, mixture);
            else Likelihood(k, logCounts[k], own, mixture);
        }
    }

    /// <summary>Gradients by weighted means, covariances and log counts; for the posterior also by z through the pooled moments.</summary>
    /// <param name="z">As in the forward pass.</param>
    /// <param name="logCounts">As in the forward pass.</param>
    /// <param name="own">As in the forward pass.</param>
    /// <param name="member">The member.</param>
    /// <param name="gradient">Gradient by the mixture.</param>
    /// <param name="ownGradient">Receives the gradient by weighted means and covariances.</param>
    /// <param name="countGradient">Receives the gradient by log counts [K].</param>
    /// <param name="latentGradient">Columns [D, stride]; what flows through the pooled moments is added.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(
        double* z, double* logCounts, MixtureTerms own, MemberSpec member, MixtureTerms gradient, MixtureTerms ownGradient,
        double* countGradient, double* latentGradient)
    {
        var d = Dimension;
        if (_spec.CovarianceRule != CovarianceRule.Map)
        {
            for (var k = 0; k < _spec.Components; k++)
            {
                Copy(gradient.Mean(k), ownGradient.Mean(k), d);
                Copy(gradient.Covariance(k), ownGradient.Covariance(k), d * d);
                countGradient[k] = gradient.LogShares[k];
            }

            return;
        }

        new Span<double>(_pooledMeanGradient, d).Clear();
        new Span<double>(_pooledVarianceGradient, d).Clear();
        for (var k = 0; k < _spec.Components; k++)
            countGradient[k] = PosteriorBackward(k, Math.Exp(logCounts[k]), own, member, gradient, ownGradient);
        PoolBackward(z, latentGradient);
    }

    private static void Copy(double* source, double* target, int count) =>
        new Span<double>(source, count).CopyTo(new Span<double>(target, count));

    private static double Prior(MemberSpec member, int dimension, double count)
    {
        var strength = member.PriorStrength * dimension;
        // Without prior and without rows nothing is known but the pooled variance.
        return strength + count == 0 ? 1 : strength / (strength + count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Likelihood(int k, double logCount, MixtureTerms own, MixtureTerms mixture)
    {
        var d = Dimension;
        mixture.LogShares[k] = logCount - Math.Log(_rows.Rows);
        Copy(own.Mean(k), mixture.Mean(k), d);
        Copy(own.Covariance(k), mixture.Covariance(k), d * d);
        for (var j = 0; j < d; j++) mixture.Covariance(k)[(j * d) + j] += _spec.CovarianceEpsilon;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Posterior(int k, double count, MixtureTerms own, MemberSpec member, MixtureTerms mixture)
    {
        var d = Dimension;
        double* mean = own.Mean(k), scatter = own.Covariance(k), covariance = mixture.Covariance(k);
        var (share, prior) = (count / (count + PseudoCount), Prior(member, d, count));
        mixture.LogShares[k] = Math.Log(count + PseudoCount) - Math.Log(_rows.Rows + (PseudoCount * _spec.Components));
        for (var i = 0; i < d; i++) _shift[i] = mean[i] - _pooledMean[i];
        for (var i = 0; i < d; i++)
        {
            mixture.Mean(k)[i] = _pooledMean[i] + (share * _shift[i]);
            for (var j = 0; j < d; j++)
            {
                var between = share * (1 - share) * _shift[i] * _shift[j];
                covariance[(i * d) + j] = (1 - prior) * ((share * scatter[(i * d) + j]) + between);
            }

            covariance[(i * d) + i] += (prior + Ridge) * _pooledVariance[i];
        }
    }

    /// <summary>Gradient by the log count of one component; the others go to their places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double PosteriorBackward(
        int k, double count, MixtureTerms own, MemberSpec member, MixtureTerms gradient, MixtureTerms ownGradient)
    {
        var d = Dimension;
        double* covariance = gradient.Covariance(k), mean = gradient.Mean(k);
        var (share, prior, strength) = (count / (count + PseudoCount), Prior(member, d, count), member.PriorStrength * d);
        for (var i = 0; i < d; i++) _shift[i] = own.Mean(k)[i] - _pooledMean[i];
        SmallMatrix.Apply(covariance, _shift, _product, d);
        var (between, meanShift, ridge) = (0.0, 0.0, 0.0);
        for (var i = 0; i < d; i++)
        {
            between += _shift[i] * _product[i];
            meanShift += mean[i] * _shift[i];
            ridge += covariance[(i * d) + i] * _pooledVariance[i];
            _pooledVarianceGradient[i] += (prior + Ridge) * covariance[(i * d) + i];
            var byShift = (2 * (1 - prior) * share * (1 - share) * _product[i]) + (share * mean[i]);
            ownGradient.Mean(k)[i] = byShift;
            _pooledMeanGradient[i] += mean[i] - byShift;
        }

        var within = SmallMatrix.Inner(covariance, own.Covariance(k), d);
        for (var i = 0; i < d * d; i++) ownGradient.Covariance(k)[i] = (1 - prior) * share * covariance[i];
        var byShare = ((1 - prior) * (within + ((1 - (2 * share)) * between))) + meanShift;
        var byPrior = ridge - (share * within) - (share * (1 - share) * between);
        var smoothed = count + PseudoCount;
        var priorSlope = strength + count == 0 ? 0 : -prior / (strength + count);
        return count * ((gradient.LogShares[k] / smoothed) + (byShare * PseudoCount / (smoothed * smoothed)) + (byPrior * priorSlope));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pool(double* z)
    {
        for (var j = 0; j < Dimension; j++)
        {
            Centre(z, j);
            _pooledVariance[j] = Math.Max(ColumnKernel.Dot(_deviations, _deviations, _rows.Padded) / _rows.Rows, VarianceFloor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PoolBackward(double* z, double* latentGradient)
    {
        for (var j = 0; j < Dimension; j++)
        {
            var target = latentGradient + (j * _rows.Stride);
            Centre(z, j);
            // Where the floor holds, the variance is a constant.
            if (_pooledVariance[j] > VarianceFloor)
                ColumnKernel.AddScaled(target, 2 * _pooledVarianceGradient[j] / _rows.Rows, _deviations, _rows.Padded);
            ColumnKernel.Shift(target, -_pooledMeanGradient[j] / _rows.Rows, 1, target, _rows.Padded);
            _rows.ClearPadding(target);
        }
    }

    /// <summary>Deviations of one column from its mean; 0 in padding rows.</summary>
    private void Centre(double* z, int j)
    {
        var column = z + (j * _rows.Stride);
        Copy(column, _deviations, _rows.Padded);
        _rows.ClearPadding(_deviations);
        _pooledMean[j] = ColumnKernel.Sum(_deviations, _rows.Padded) / _rows.Rows;
        ColumnKernel.Shift(_deviations, _pooledMean[j], 1, _deviations, _rows.Padded);
        _rows.ClearPadding(_deviations);
    }
}
