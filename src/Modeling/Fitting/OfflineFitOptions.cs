namespace DagmmStream.Modeling.Fitting;

/// <summary>
/// Constants of the robust offline fit (docs/model.md). One setting for every data set; chosen on seeds that are not reported.
/// </summary>
public sealed record OfflineFitOptions
{
    /// <summary>Seed of everything random; members take consecutive streams of it.</summary>
    /// <value>Default 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>Mixture components K; null: ceil(N^(1/6)) between 2 and 8, N the training rows.</summary>
    /// <value>Default null: a sixth root lets the number of parameters grow far more slowly than the rows.</value>
    public int? Components { get; init; }

    /// <summary>Choose K from 1 to <see cref="Components"/> per member by the Bayesian information criterion (Schwarz 1978).</summary>
    /// <value>Default false: for scores surplus components do no harm; for pictures of clusters they do.</value>
    public bool ChooseComponents { get; init; }

    /// <summary>
    /// Choose by the same criterion whether the components of a member share one covariance: fewer parameters where clusters have one
    /// shape.
    /// </summary>
    /// <value>Default false: scores lose by it where rows are few (Arrhythmia).</value>
    public bool ChooseCovariance { get; init; }

    /// <summary>Members that differ by their seed.</summary>
    /// <value>Default 8: the mean of their scores varies less from seed to seed than one member's.</value>
    public int Members { get; init; } = 8;

    /// <summary>Latent size L; null: d up to 4 features, else half the root of d, at least 1.</summary>
    /// <value>Default null: what few features have is kept; of many only what they share.</value>
    public int? Latent { get; init; }

    /// <summary>Hidden width of encoder and decoder.</summary>
    /// <value>Default 32.</value>
    public int Hidden { get; init; } = 32;

    /// <summary>Reconstruction steps.</summary>
    /// <value>Default 300: the principal axes, which are fixed, carry most; the networks correct them.</value>
    public int Steps { get; init; } = 300;

    /// <summary>Rows of a reconstruction minibatch.</summary>
    /// <value>Default 256.</value>
    public int BatchRows { get; init; } = 256;

    /// <summary>Learning rate of the reconstruction steps; falls to 2 % of it along a cosine.</summary>
    /// <value>Default 1e-3.</value>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Above so many training rows a member uses a random sample of this size.</summary>
    /// <value>Default 20,000: more rows changed no figure. Each member draws its own (bagging, Breiman 1996).</value>
    public int MaximumRows { get; init; } = 20_000;

    /// <summary>A fourth standardised moment above this in any column sends every column through asinh.</summary>
    /// <value>Default 10: a Gaussian has 3, an exponential distribution 9.</value>
    public double HeavyTail { get; init; } = 10;

    /// <summary>Weight a of the prior in Sigma = (phi S + a psi I) / (phi + a) + 1e-6 I, in standardised z.</summary>
    /// <value>Default 0.002: bends only components of less than about 1 % of the rows.</value>
    public double PriorWeight { get; init; } = 0.002;

    /// <summary>Variance psi of the prior, in standardised z.</summary>
    /// <value>Default 0.1: clusters are narrower than the whole, whose variance is 1.</value>
    public double PriorVariance { get; init; } = 0.1;

    /// <summary>Expectation-maximisation ends when the mean log-likelihood rises by less than this, in nats per row.</summary>
    /// <value>Default 1e-3: early stopping; iterated on, components drift along ridges of the likelihood.</value>
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>At most so many rounds of the anchoring expectation-maximisation.</summary>
    /// <value>Default 100.</value>
    public int AnchorRounds { get; init; } = 100;

    /// <summary>At most so many rounds of expectation-maximisation from the estimation network's memberships, at publish.</summary>
    /// <value>Default 30.</value>
    public int PublishRounds { get; init; } = 30;

    /// <summary>Hidden width of the estimation network.</summary>
    /// <value>Default 16.</value>
    public int EstimationHidden { get; init; } = 16;

    /// <summary>Steps of the estimation network on cross-entropy to the anchor's responsibilities, on up to 1,024 rows each.</summary>
    /// <value>Default 300.</value>
    public int EstimationSteps { get; init; } = 300;

    /// <summary>Learning rate of the estimation network.</summary>
    /// <value>Default 1e-2.</value>
    public double EstimationRate { get; init; } = 1e-2;

    /// <summary>The preset for scoring: eight members, their mean.</summary>
    public static OfflineFitOptions Robust { get; } = new();

    /// <summary>
    /// The preset for finding clusters: the same procedure with four members, of which the one with the lowest criterion is read.
    /// </summary>
    public static OfflineFitOptions Clusters { get; } = new() { Members = 4, ChooseCovariance = true };

    /// <summary>Latent size for a number of features.</summary>
    /// <param name="features">Features d.</param>
    /// <returns>L.</returns>
    public int LatentOf(int features) =>
        Latent is { } given ? Math.Min(given, features) : features <= 4 ? features : Math.Max(1, (int)(Math.Sqrt(features) / 2));

    /// <summary>Components for a number of training rows.</summary>
    /// <param name="rows">Training rows, before sampling.</param>
    /// <returns>K.</returns>
    public int ComponentsOf(int rows) => Components ?? Math.Clamp((int)Math.Ceiling(Math.Pow(rows, 1.0 / 6)), 2, 8);

    /// <summary>Throws when a value is out of range, naming it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        foreach (var (value, name) in (ReadOnlySpan<(int, string)>)
        [
            (Components ?? 1, nameof(Components)), (Members, nameof(Members)), (Latent ?? 1, nameof(Latent)), (Hidden, nameof(Hidden)),
            (BatchRows, nameof(BatchRows)), (AnchorRounds, nameof(AnchorRounds)), (PublishRounds, nameof(PublishRounds)),
            (EstimationHidden, nameof(EstimationHidden)),
        ])
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumRows, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(Steps);
        ArgumentOutOfRangeException.ThrowIfNegative(EstimationSteps);
        foreach (var (value, name) in (ReadOnlySpan<(double, string)>)
        [
            (LearningRate, nameof(LearningRate)), (HeavyTail, nameof(HeavyTail)), (PriorWeight, nameof(PriorWeight)),
            (PriorVariance, nameof(PriorVariance)), (Tolerance, nameof(Tolerance)), (EstimationRate, nameof(EstimationRate)),
        ])
            if (!(value > 0) || !double.IsFinite(value)) throw new ArgumentOutOfRangeException(name, value, "must be finite and above 0");
    }
}
