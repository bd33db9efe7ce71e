using System.Runtime.CompilerServices;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// Weighted means and covariances of z under soft memberships (Zong et al. 2018, equation 5), in double, and their gradient. Weights are
/// exp(log gamma - log sum gamma), so that a starved component never divides 0 by 0.
/// </summary>
internal sealed unsafe class MixturePass
{
    private readonly MixtureTerms _own = new();
    private readonly MixtureTerms _ownGradient = new();
    private readonly CovarianceRulePass _rule = new();
    private double* _weights;
    private double* _logCounts;
    private double* _countGradients;
    private double* _deviations;
    private double* _weighted;
    private int _components;
    private int _dimension;
    private RowShape _rows;

    /// <summary>Cuts the buffers.</summary>
    public void Cut(Arena arena, ModelSpec spec, RowShape rows)
    {
        (_components, _dimension, _rows) = (spec.Components, spec.LatentDimension, rows);
        _own.Cut(arena, _components, _dimension);
        _ownGradient.Cut(arena, _components, _dimension);
        _rule.Cut(arena, spec, rows);
        _weights = arena.Doubles((long)_components * rows.Stride);
        _logCounts = arena.Doubles(_components);
        _countGradients = arena.Doubles(_components);
        _deviations = arena.Doubles((long)_dimension * rows.Stride);
        _weighted = arena.Doubles((long)_dimension * rows.Stride);
    }

    /// <summary>Estimates the mixture.</summary>
    /// <param name="z">Columns [D, stride], finite in padding rows.</param>
    /// <param name="logMemberships">Columns [K, stride], -inf in padding rows.</param>
    /// <param name="member">The member.</param>
    /// <param name="mixture">Receives the mixture.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(double* z, double* logMemberships, MemberSpec member, MixtureTerms mixture)
    {
        var (d, stride, padded) = (_dimension, _rows.Stride, _rows.Padded);
        for (var k = 0; k < _components; k++)
        {
            double* logs = logMemberships + (k * stride), weights = _weights + (k * stride);
            var largest = ColumnKernel.Max(logs, padded);
            ColumnKernel.Exp(logs, largest, weights, padded);
            var sum = ColumnKernel.Sum(weights, padded);
            _logCounts[k] = largest + Math.Log(sum);
            ColumnKernel.Shift(weights, 0, 1 / sum, weights, padded);
            Scatter(z, weights, _own.Mean(k), _own.Covariance(k));
        }

        _rule.Forward(z, _logCounts, _own, member, mixture);
    }

    /// <summary>Gradients by z and by the logarithms of the memberships.</summary>
    /// <param name="z">As in the forward pass.</param>
    /// <param name="member">The member.</param>
    /// <param name="gradient">Gradient by the mixture.</param>
    /// <param name="latentGradient">Columns [D, stride]; what flows through the mixture is added.</param>
    /// <param name="logGradient">Receives the gradient by log memberships, columns [K, stride]; 0 in padding rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(double* z, MemberSpec member, MixtureTerms gradient, double* latentGradient, double* logGradient)
    {
        var (d, stride, padded) = (_dimension, _rows.Stride, _rows.Padded);
        _rule.Backward(z, _logCounts, _own, member, gradient, _ownGradient, _countGradients, latentGradient);
        for (var k = 0; k < _components; k++)
        {
            double* weights = _weights + (k * stride), mean = _ownGradient.Mean(k), covariance = _ownGradient.Covariance(k);
            var target = logGradient + (k * stride);
            new Span<double>(target, padded).Clear();
            for (var j = 0; j < d; j++) ColumnKernel.Shift(z + (j * stride), _own.Mean(k)[j], 1, _deviations + (j * stride), padded);
            // Column i of G deviation: z gets weight (2 G deviation + m), the weight deviation' G deviation + m' deviation.
            LatentKernel.Multiply(covariance, (d, 1), LatentKernel.Shape.Full, d, null, _deviations, _weighted, _rows);
            for (var i = 0; i < d; i++)
            {
                LatentKernel.AddCovarianceGradient(
                    _weighted + (i * stride), mean[i], _deviations + (i * stride), weights, target, latentGradient + (i * stride), padded);
            }

            // Through the normalised weights: weight · (g - sum of weight · g), then the count.
            var average = ColumnKernel.Dot(weights, target, padded);
            ColumnKernel.Shift(target, average - _countGradients[k], 1, target, padded);
            ColumnKernel.Multiply(weights, target, target, padded);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scatter(double* z, double* weights, double* mean, double* covariance)
    {
        var (d, stride) = (_dimension, _rows.Stride);
        ColumnKernel.Dots(weights, z, stride, d, _rows.Padded, mean);
        for (var j = 0; j < d; j++)
        {
            LatentKernel.Centre(
                z + (j * stride), mean[j], weights, _deviations + (j * stride), _weighted + (j * stride), _rows.Padded);
        }

        LatentKernel.Gram(_weighted, _deviations, d, covariance, _rows);
        for (var i = 0; i < d; i++)
        for (var j = 0; j < i; j++) covariance[(j * d) + i] = covariance[(i * d) + j];
    }
}
