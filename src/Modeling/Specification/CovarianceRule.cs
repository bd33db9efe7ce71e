namespace DagmmStream.Modeling.Specification;

/// <summary>How mixture parameters follow from mixture statistics.</summary>
public enum CovarianceRule
{
    /// <summary>
    /// Maximum likelihood (Zong et al. 2018, equation 5) with <see cref="ModelSpec.CovarianceEpsilon"/> added to the diagonal once.
    /// </summary>
    Epsilon = 0,

    /// <summary>
    /// Maximum a posteriori: a_k = nu D/(nu D + n_k); Sigma_k = (1-a_k) C_k + a_k diag(v) + 1e-4 diag(v), v the pooled variance of z
    /// (floor 1e-10); phi_k = (n_k + .01)/(N + .01 K); mu_k = (s1_k + .01 m0)/(n_k + .01) (docs/model.md, Stream preset).
    /// </summary>
    Map = 1,
}
