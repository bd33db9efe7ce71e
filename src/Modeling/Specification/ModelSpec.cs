using System.Collections.Immutable;

namespace DagmmStream.Modeling.Specification;

/// <summary>
/// Everything that fixes the shape and the objective of a model: a pure description without weights. Two presets of one code path:
/// <see cref="Paper(int, int[], int, int, int, double)"/> (Zong et al., ICLR 2018) and <see cref="Stream(int)"/>.
/// </summary>
/// <remarks>
/// Symbols: d input features, L latent size, D = L + 2 the dimension of z = [z_c, z_r], K components, M members.
/// </remarks>
public sealed record ModelSpec
{
    /// <summary>Number of reconstruction features in z.</summary>
    public const int ReconstructionFeatureCount = 2;

    /// <summary>Input features d, at least 1.</summary>
    public required int Features { get; init; }

    /// <summary>Hidden widths of the encoder, outermost first; the decoder mirrors them. May be empty.</summary>
    public required ImmutableArray<int> EncoderHidden { get; init; }

    /// <summary>Latent size L, at least 1.</summary>
    public required int Latent { get; init; }

    /// <summary>Hidden widths of the estimation network; tanh after each.</summary>
    public required ImmutableArray<int> EstimationHidden { get; init; }

    /// <summary>Mixture components K, at least 1.</summary>
    public required int Components { get; init; }

    /// <summary>Probability to keep a unit of the estimation network's last hidden layer while training; 1 turns dropout off.</summary>
    /// <value>Default 1.</value>
    public double DropoutKeep { get; init; } = 1;

    /// <summary>Which two reconstruction features z_r are used.</summary>
    public ReconstructionFeatures ReconstructionFeatures { get; init; } = ReconstructionFeatures.Paper;

    /// <summary>How the reconstruction error enters the objective.</summary>
    public ReconstructionLoss ReconstructionLoss { get; init; } = ReconstructionLoss.Sum;

    /// <summary>
    /// Adds a trainable linear path to the latent code: z_c = MLP(x) + x P, P [d, L] (identity if L ≥ d, else random orthonormal columns);
    /// the last encoder layer's initial weights are then multiplied by 0.3.
    /// </summary>
    /// <value>Default false.</value>
    public bool LinearSkip { get; init; }

    /// <summary>
    /// Standardises z before the estimation network and the mixture: by the batch's mean and population standard deviation
    /// (sqrt(var + 1e-6)) in training, with the gradient through both; by the window's at publish (sqrt(var + 1e-12)).
    /// </summary>
    /// <value>Default false.</value>
    public bool StandardizeLatent { get; init; }

    /// <summary>How mixture parameters follow from statistics.</summary>
    public CovarianceRule CovarianceRule { get; init; } = CovarianceRule.Epsilon;

    /// <summary>Added once to the diagonal of every covariance by <see cref="CovarianceRule.Epsilon"/>.</summary>
    /// <value>Default 1e-6.</value>
    public double CovarianceEpsilon { get; init; } = 1e-6;

    /// <summary>Lower clamp of norms in <see cref="ReconstructionFeatures.Paper"/>, in units of the scaled data.</summary>
    /// <value>Default 1e-3; with 1e-8 one zero row lifts every energy of its batch.</value>
    public double NormEpsilon { get; init; } = 1e-3;

    /// <summary>Gradients of one member are scaled down to at most this Euclidean norm; 0 turns clipping off.</summary>
    /// <value>Default 0.</value>
    public double GradientClip { get; init; }

    /// <summary>The members; at least one.</summary>
    public ImmutableArray<MemberSpec> Members { get; init; } = [new MemberSpec()];

    /// <summary>Dimension D of z: latent size plus two reconstruction features.</summary>
    public int LatentDimension => Latent + ReconstructionFeatureCount;

    /// <summary>The Paper preset (Zong et al. 2018, sections 3 and 4.3): one tanh member, maximum likelihood covariance, no skip.</summary>
    /// <param name="features">Input features d.</param>
    /// <param name="encoderHidden">Hidden widths of the encoder.</param>
    /// <param name="latent">Latent size.</param>
    /// <param name="components">Components K.</param>
    /// <param name="estimationHidden">Width of the estimation network's hidden layer; 10 in the paper.</param>
    /// <param name="dropoutKeep">Probability to keep a unit in training; 0.5 in the paper.</param>
    /// <returns>The description.</returns>
    public static ModelSpec Paper(
        int features, int[] encoderHidden, int latent, int components, int estimationHidden = 10, double dropoutKeep = 0.5) => new()
    {
        Features = features,
        EncoderHidden = [.. encoderHidden],
        Latent = latent,
        EstimationHidden = [estimationHidden],
        Components = components,
        DropoutKeep = dropoutKeep,
    };

    /// <summary>
    /// The Paper preset with a shape derived from the number of features, for streams: d-max(4, d/2)-L, L = max(1, d/8) at most 4.
    /// </summary>
    /// <param name="features">Input features d.</param>
    /// <returns>The description.</returns>
    public static ModelSpec Paper(int features) =>
        Paper(features, [Math.Max(4, features / 2)], Math.Clamp(features / 8, 1, 4), components: 2);

    /// <summary>The Stream preset (docs/model.md): the default of streams; four members of different kind.</summary>
    /// <param name="features">Input features d.</param>
    /// <returns>The description.</returns>
    public static ModelSpec Stream(int features) => StreamWith(features,
    [
        new MemberSpec { Activation = Activation.Tanh, InputMap = InputMap.Clip, PriorStrength = 5 },
        new MemberSpec { Activation = Activation.LeakyRelu, InputMap = InputMap.Clip, PriorStrength = 5 },
        new MemberSpec { Activation = Activation.Tanh, InputMap = InputMap.Asinh, PriorStrength = 1 },
        new MemberSpec { Activation = Activation.LeakyRelu, InputMap = InputMap.Asinh, PriorStrength = 1, EnergyWeight = 0.03 },
    ]);

    /// <summary>The Lite preset: the first member of <see cref="Stream(int)"/> alone, for very many or very fast streams.</summary>
    /// <param name="features">Input features d.</param>
    /// <returns>The description.</returns>
    public static ModelSpec Lite(int features) =>
        StreamWith(features, [new MemberSpec { InputMap = InputMap.Clip, PriorStrength = 5 }]);

    /// <summary>Throws when a value is out of range, naming it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, a probability outside (0, 1] or a weight negative or not
    /// finite.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Latent, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Components, 1);
        foreach (var width in EncoderHidden) ArgumentOutOfRangeException.ThrowIfLessThan(width, 1, nameof(EncoderHidden));
        foreach (var width in EstimationHidden) ArgumentOutOfRangeException.ThrowIfLessThan(width, 1, nameof(EstimationHidden));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(DropoutKeep);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DropoutKeep, 1);
        ThrowIfNotFiniteOrNegative(CovarianceEpsilon, nameof(CovarianceEpsilon));
        ThrowIfNotFiniteOrNegative(NormEpsilon, nameof(NormEpsilon));
        ThrowIfNotFiniteOrNegative(GradientClip, nameof(GradientClip));
        ArgumentOutOfRangeException.ThrowIfLessThan(Members.Length, 1, nameof(Members));
        foreach (var member in Members)
        {
            ThrowIfNotFiniteOrNegative(member.EnergyWeight, nameof(MemberSpec.EnergyWeight));
            ThrowIfNotFiniteOrNegative(member.PenaltyWeight, nameof(MemberSpec.PenaltyWeight));
            ThrowIfNotFiniteOrNegative(member.PriorStrength, nameof(MemberSpec.PriorStrength));
        }
    }

    /// <inheritdoc/>
    public bool Equals(ModelSpec? other) =>
        other is not null && Features == other.Features && Latent == other.Latent && Components == other.Components
        && DropoutKeep.Equals(other.DropoutKeep) && ReconstructionFeatures == other.ReconstructionFeatures
        && ReconstructionLoss == other.ReconstructionLoss && LinearSkip == other.LinearSkip
        && StandardizeLatent == other.StandardizeLatent && CovarianceRule == other.CovarianceRule
        && CovarianceEpsilon.Equals(other.CovarianceEpsilon) && NormEpsilon.Equals(other.NormEpsilon)
        && GradientClip.Equals(other.GradientClip) && EncoderHidden.AsSpan().SequenceEqual(other.EncoderHidden.AsSpan())
        && EstimationHidden.AsSpan().SequenceEqual(other.EstimationHidden.AsSpan())
        && Members.AsSpan().SequenceEqual(other.Members.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Features, Latent, Components, EncoderHidden.Length, Members.Length);

    private static ModelSpec StreamWith(int features, ImmutableArray<MemberSpec> members)
    {
        var latent = Math.Min(24, features);
        return new ModelSpec
        {
            Features = features,
            EncoderHidden = [Math.Max(latent, Math.Clamp(2 * features, 16, 64))],
            Latent = latent,
            EstimationHidden = [16],
            Components = 4,
            ReconstructionFeatures = ReconstructionFeatures.Log,
            ReconstructionLoss = ReconstructionLoss.Mean,
            LinearSkip = true,
            StandardizeLatent = true,
            CovarianceRule = CovarianceRule.Map,
            GradientClip = 1,
            Members = members,
        };
    }

    private static void ThrowIfNotFiniteOrNegative(double value, string name)
    {
        if (!double.IsFinite(value) || value < 0) throw new ArgumentOutOfRangeException(name, value, "must be finite and not negative");
    }
}
