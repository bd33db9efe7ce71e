using System.Runtime.CompilerServices;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>Sample energies (Zong et al. 2018, equation 6), the penalty on small variances, and the gradients of both, in double.</summary>
internal sealed unsafe class EnergyPass
{
    private double* _factors;
    private double* _inverses;
    private double* _offset;
    private double* _matrices;
    private double* _whitened;
    private double* _joint;
    private double* _scaled;
    private double* _energies;
    private int _components;
    private int _dimension;
    private int _stride;
    private RowShape _rows;

    /// <summary>Energies of the last forward pass [rows].</summary>
    public double* Energies => _energies;

    /// <summary>Cuts the buffers.</summary>
    public void Cut(Arena arena, ModelSpec spec, RowShape rows)
    {
        (_components, _dimension, _rows) = (spec.Components, spec.LatentDimension, rows);
        _stride = SmallMatrix.PaddedStride(_dimension);
        _factors = arena.Doubles((long)_components * _dimension * _stride);
        _inverses = arena.Doubles((long)_components * _dimension * _stride);
        _offset = arena.Doubles(_dimension);
        _matrices = arena.Doubles(2L * _dimension * _stride);
        _whitened = arena.Doubles((long)_components * _dimension * rows.Stride);
        _joint = arena.Doubles((long)_components * rows.Stride);
        _scaled = arena.Doubles((long)_dimension * rows.Stride);
        _energies = arena.Doubles(rows.Padded);
    }

    /// <summary>Computes the energies; keeps what the gradient needs.</summary>
    /// <param name="z">Columns [D, stride].</param>
    /// <param name="mixture">The mixture.</param>
    /// <param name="repairs">Raised by the covariances that needed jitter.</param>
    /// <param name="penalty">Sum of the inverse variances (section 3.4).</param>
    /// <returns>Mean energy; NaN if a covariance is not finite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Forward(double* z, MixtureTerms mixture, ref int repairs, out double penalty)
    {
        penalty = 0;
        var constant = -0.5 * _dimension * Math.Log(2 * Math.PI);
        for (var k = 0; k < _components; k++)
        {
            double* factor = Factor(k), covariance = mixture.Covariance(k);
            var logDeterminant = 0.0;
            if (!SmallMatrix.TryFactorise(covariance, _dimension, factor, ref repairs)) return double.NaN;
            for (var j = 0; j < _dimension; j++)
            {
                penalty += 1 / covariance[(j * _dimension) + j];
                logDeterminant += Math.Log(factor[(j * _stride) + j]);
            }

            var joint = _joint + (k * _rows.Stride);
            new Span<double>(joint, _rows.Padded).Fill(mixture.LogShares[k] - logDeterminant + constant);
            SmallMatrix.Invert(factor, _dimension, Inverse(k));
            Whiten(Inverse(k), z, mixture.Mean(k), Whitened(k));
            for (var j = 0; j < _dimension; j++) ColumnKernel.AddSquares(joint, -0.5, Whitened(k) + (j * _rows.Stride), _rows.Padded);
        }

        MembershipPass.Normalise(_joint, _components, _rows, _energies);
        ColumnKernel.Shift(_energies, 0, -1, _energies, _rows.Padded);
        _rows.ClearPadding(_energies);
        return ColumnKernel.Sum(_energies, _rows.Padded) / _rows.Rows;
    }

    /// <summary>Gradients of energyWeight · mean energy + penaltyWeight · penalty.</summary>
    /// <param name="mixture">The mixture of the forward pass.</param>
    /// <param name="member">The weights of both terms.</param>
    /// <param name="gradient">Receives the gradient by the mixture.</param>
    /// <param name="latentGradient">Receives the gradient by z at fixed mixture, columns [D, stride]; 0 in padding rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(MixtureTerms mixture, MemberSpec member, MixtureTerms gradient, double* latentGradient)
    {
        var d = _dimension;
        for (var j = 0; j < d; j++) new Span<double>(latentGradient + (j * _rows.Stride), _rows.Padded).Clear();
        for (var k = 0; k < _components; k++)
        {
            double* share = _joint + (k * _rows.Stride), y = Whitened(k);
            ColumnKernel.Exp(share, 0, share, _rows.Padded);
            ColumnKernel.Shift(share, 0, member.EnergyWeight / _rows.Rows, share, _rows.Padded);
            _rows.ClearPadding(share);
            var total = ColumnKernel.Sum(share, _rows.Padded);
            gradient.LogShares[k] = -total;
            CovarianceGradient(share, y, total, gradient.Covariance(k));
            SmallMatrix.Unwhiten(Factor(k), gradient.Covariance(k), d, _matrices);
            for (var j = 0; j < d; j++)
            {
                var variance = mixture.Covariance(k)[(j * d) + j];
                gradient.Covariance(k)[(j * d) + j] -= member.PenaltyWeight / (variance * variance);
            }

            LatentGradient(Inverse(k), share, y, gradient.Mean(k), latentGradient);
        }
    }

    private double* Factor(int k) => _factors + (k * _dimension * _stride);

    private double* Inverse(int k) => _inverses + (k * _dimension * _stride);

    private double* Whitened(int k) => _whitened + ((long)k * _dimension * _rows.Stride);

    /// <summary>y = U'^-1 (z - mean), U' the Cholesky factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Whiten(double* inverse, double* z, double* mean, double* y)
    {
        for (var i = 0; i < _dimension; i++)
        {
            _offset[i] = 0;
            for (var j = 0; j <= i; j++) _offset[i] -= inverse[(j * _stride) + i] * mean[j];
        }

        LatentKernel.Multiply(inverse, (1, _stride), LatentKernel.Shape.Lower, _dimension, _offset, z, y, _rows);
    }

    /// <summary>Whitened gradient (total · I - sum of share · y y')/2: in whitened space the two terms cancel without loss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CovarianceGradient(double* share, double* y, double total, double* gradient)
    {
        var (d, stride) = (_dimension, _rows.Stride);
        for (var i = 0; i < d; i++) ColumnKernel.Multiply(share, y + (i * stride), _scaled + (i * stride), _rows.Padded);
        LatentKernel.Gram(_scaled, y, d, gradient, _rows);
        for (var i = 0; i < d; i++)
        for (var j = 0; j <= i; j++)
            gradient[(i * d) + j] = gradient[(j * d) + i] = 0.5 * ((i == j ? total : 0) - gradient[(i * d) + j]);
    }

    /// <summary>v = U^-1 y; z gets share · v, the mean the opposite sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LatentGradient(double* inverse, double* share, double* y, double* meanGradient, double* latentGradient)
    {
        var (d, stride) = (_dimension, _rows.Stride);
        LatentKernel.Multiply(inverse, (_stride, 1), LatentKernel.Shape.Upper, d, null, y, _scaled, _rows);
        for (var i = 0; i < d; i++)
            meanGradient[i] = -LatentKernel.AddWeighted(latentGradient + (i * stride), share, _scaled + (i * stride), _rows.Padded);
    }
}
