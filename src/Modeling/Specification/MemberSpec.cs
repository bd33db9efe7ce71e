namespace DagmmStream.Modeling.Specification;

/// <summary>One member of a model: a DAGMM of its own kind. All members of a model share shapes and differ in these.</summary>
public sealed record MemberSpec
{
    /// <summary>Nonlinearity of encoder and decoder.</summary>
    /// <value>Default <see cref="Specification.Activation.Tanh"/>.</value>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>Map from scaled features to network input.</summary>
    /// <value>Default <see cref="Specification.InputMap.None"/>.</value>
    public InputMap InputMap { get; init; } = InputMap.None;

    /// <summary>Weight of the mean energy in the objective (lambda1 of Zong et al. 2018, equation 7).</summary>
    /// <value>Default 0.1.</value>
    public double EnergyWeight { get; init; } = 0.1;

    /// <summary>Weight of the penalty on small variances in the objective (lambda2 of Zong et al. 2018, equation 7).</summary>
    /// <value>Default 0.005.</value>
    public double PenaltyWeight { get; init; } = 0.005;

    /// <summary>
    /// Strength nu of the covariance prior, in units of the latent dimension D; read by <see cref="CovarianceRule.Map"/> only.
    /// </summary>
    /// <value>Default 1.</value>
    public double PriorStrength { get; init; } = 1;
}
