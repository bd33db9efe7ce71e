using DagmmStream.Modeling.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace DagmmStream.Modeling.Torch;

/// <summary>
/// The mixture of a minibatch and its energies, in double (Zong et al. 2018, equations 5 and 6). Gradients flow through shares, means and
/// covariances. Symbols: phi shares [M, K], mu means [M, K, D], Sigma covariances [M, K, D, D].
/// </summary>
internal sealed class TorchMixture
{
    private const double PseudoCount = 0.01;
    private const double FirstJitter = 1e-6;
    private const int JitterSteps = 12;

    private readonly Tensor _logShares;
    private readonly Tensor _means;
    private readonly Tensor _covariances;
    private readonly Tensor _factors;

    /// <summary>Estimates the mixture.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="z">[M, n, D], double.</param>
    /// <param name="logMemberships">log gamma [M, n, K], double.</param>
    public TorchMixture(ModelSpec spec, Tensor z, Tensor logMemberships)
    {
        (_logShares, _means, _covariances) = spec.CovarianceRule == CovarianceRule.Epsilon
            ? MaximumLikelihood(spec, z, logMemberships)
            : MaximumPosterior(spec, z, logMemberships);
        _factors = Factor(_covariances, out var repairs);
        CholeskyRepairs = repairs;
    }

    /// <summary>Covariances that needed jitter.</summary>
    public int CholeskyRepairs { get; }

    /// <summary>Sum of the inverse variances of each member [M] (section 3.4).</summary>
    public Tensor Penalty() => _covariances.diagonal(0, -2, -1).reciprocal().sum([1L, 2L]);

    /// <summary>Sample energies [M, n] (equation 6) by Cholesky factors and log-sum-exp; nothing is added inside the logarithm.</summary>
    public Tensor Energies(Tensor z)
    {
        var dimension = z.shape[2];
        var deviations = Deviations(z, _means).transpose(-1, -2);
        var whitened = linalg.solve_triangular(_factors, deviations, upper: false);
        var distances = whitened.pow(TorchScalar.Two).sum(2L);
        var logDeterminants = _factors.diagonal(0, -2, -1).log().sum(-1L);
        using Scalar normalizer = 0.5 * dimension * Math.Log(2 * Math.PI);
        var constants = _logShares - logDeterminants - normalizer;
        return -(constants.unsqueeze(-1) - (TorchScalar.Half * distances)).logsumexp(1);
    }

    /// <summary>
    /// Equation 5 with weights in log space, r_ik = exp(log gamma_ik - logsumexp_i log gamma_ik): a starved component never divides 0 by 0.
    /// </summary>
    private static (Tensor LogShares, Tensor Means, Tensor Covariances) MaximumLikelihood(ModelSpec spec, Tensor z, Tensor logMemberships)
    {
        using Scalar logRows = Math.Log(z.shape[1]), epsilon = spec.CovarianceEpsilon;
        var logCounts = logMemberships.logsumexp(1);
        var weights = (logMemberships - logCounts.unsqueeze(1)).exp().transpose(1, 2);
        var means = weights.matmul(z);
        var covariances = Scatter(z, means, weights);
        var identity = eye(z.shape[2], dtype: ScalarType.Float64);
        return (logCounts - logRows, means, covariances.Plus(identity * epsilon));
    }

    /// <summary>Maximum a posteriori (docs/model.md, Stream preset); centred throughout, so that nothing cancels.</summary>
    private static (Tensor LogShares, Tensor Means, Tensor Covariances) MaximumPosterior(ModelSpec spec, Tensor z, Tensor logMemberships)
    {
        var (rows, dimension) = (z.shape[1], z.shape[2]);
        using Scalar logTotal = Math.Log(rows + (PseudoCount * spec.Components));
        var logCounts = logMemberships.logsumexp(1);
        var weights = (logMemberships - logCounts.unsqueeze(1)).exp().transpose(1, 2);
        var counts = logCounts.exp();
        var pooledMean = z.mean([1L], keepdim: true);
        var pooledVariance = diag_embed((z - pooledMean).pow(TorchScalar.Two).mean([1L]).clamp_min(TorchScalar.VarianceFloor)).unsqueeze(1);
        var own = (counts / counts.Plus(TorchScalar.PseudoCount)).unsqueeze(-1);
        var ownMeans = weights.matmul(z);
        var shift = ownMeans - pooledMean;
        var between = (shift.unsqueeze(-1) * shift.unsqueeze(-2)) * (own * own.OneMinus()).unsqueeze(-1);
        var strengths = tensor(spec.Members.Select(member => member.PriorStrength * dimension).ToArray(), dtype: ScalarType.Float64);
        var prior = (strengths.unsqueeze(1) / strengths.unsqueeze(1).Plus(counts)).unsqueeze(-1).unsqueeze(-1);
        var covariances = (prior.OneMinus() * (Scatter(z, ownMeans, weights) * own.unsqueeze(-1)).Plus(between))
            .Plus(prior.Plus(TorchScalar.Ridge) * pooledVariance);
        var logShares = counts.Plus(TorchScalar.PseudoCount).log() - logTotal;
        return (logShares, pooledMean.Plus(own * shift), covariances);
    }

    private static Tensor Scatter(Tensor z, Tensor means, Tensor weights)
    {
        var deviations = Deviations(z, means);
        return (deviations * weights.unsqueeze(-1)).transpose(-1, -2).matmul(deviations);
    }

    /// <summary>z_i - mu_k: [M, K, n, D].</summary>
    private static Tensor Deviations(Tensor z, Tensor means) => z.unsqueeze(1) - means.unsqueeze(2);

    /// <summary>
    /// Lower Cholesky factors; a matrix that has none gets jitter of 1e-6 of its mean diagonal, times ten until it succeeds.
    /// </summary>
    private static Tensor Factor(Tensor covariances, out int repairs)
    {
        var (factors, info) = linalg.cholesky_ex(covariances);
        var failed = info.ne(TorchScalar.Zero);
        repairs = (int)failed.sum().item<long>();
        if (repairs == 0) return factors;
        var identity = eye(covariances.shape[^1], dtype: ScalarType.Float64);
        var scale = covariances.detach().diagonal(0, -2, -1).abs().mean([-1L]).Plus(TorchScalar.SmallestScale).unsqueeze(-1).unsqueeze(-1);
        var jitter = FirstJitter;
        for (var step = 0; step < JitterSteps; step++, jitter *= 10)
        {
            using Scalar share = jitter;
            var repair = failed.to(ScalarType.Float64).unsqueeze(-1).unsqueeze(-1) * scale * share * identity;
            (factors, info) = linalg.cholesky_ex(covariances.Plus(repair));
            if (info.ne(TorchScalar.Zero).sum().item<long>() == 0) return factors;
        }

        return factors;
    }
}
