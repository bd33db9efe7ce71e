using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Cli.Demo;

/// <summary>
/// Eight features from three correlated Gaussian clusters that drift slowly, with about one percent of injected anomalies: points between
/// and beyond the clusters. Event i is a pure function of (seed, i).
/// </summary>
/// <param name="seed">Seed.</param>
/// <param name="driftStart">Number of the event at which the drift begins.</param>
/// <param name="driftLength">Events until the drift is complete; then the clusters stay.</param>
public sealed class DemoStream(ulong seed, long driftStart, long driftLength)
{
    /// <summary>Features of an event.</summary>
    public const int Features = 8;

    /// <summary>Share of anomalies after the first <see cref="CleanEvents"/>.</summary>
    public const double AnomalyRate = 0.01;

    /// <summary>Events at the beginning without anomalies: the warm-up learns whatever it sees.</summary>
    public const int CleanEvents = 512;

    private const int Clusters = 3;
    private const int Factors = 2;
    private const uint CentrePurpose = 0x100;
    private const uint EventPurpose = 0x200;
    // In standard deviations of a cluster: far enough apart to be three, near enough to leave one latent space.
    private const double CentreSpread = 4;
    private const double Drift = 3;
    private const double Noise = 0.4;
    private const double AnomalyDistance = 4;
    private readonly double[,] _centres = Gaussians(seed, 0, Clusters, CentreSpread);
    private readonly double[,] _factors = Gaussians(seed, 1, Clusters * Factors, 1);
    private readonly double[,] _drift = Gaussians(seed, 2, 1, Drift / Math.Sqrt(Features));

    /// <summary>Names of the features.</summary>
    public static IReadOnlyList<string> FeatureNames { get; } = [.. Enumerable.Range(0, Features).Select(i => $"x{i}")];

    /// <summary>Makes one event.</summary>
    /// <param name="index">Its number, from 0.</param>
    /// <returns>The event.</returns>
    public DemoEvent this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            var random = new CounterRandom(seed, EventPurpose, (ulong)index);
            var anomaly = random.NextDouble() < AnomalyRate && index >= CleanEvents;
            var cluster = random.NextInt32(Clusters);
            Span<double> factors = stackalloc double[Factors];
            for (var k = 0; k < Factors; k++) factors[k] = random.NextGaussian();
            var progress = Math.Clamp((double)(index - driftStart) / driftLength, 0, 1);
            var features = new float[Features];
            for (var j = 0; j < Features; j++)
            {
                var value = _centres[cluster, j] + (progress * _drift[0, j]) + (Noise * random.NextGaussian());
                for (var k = 0; k < Factors; k++) value += factors[k] * _factors[(cluster * Factors) + k, j];
                if (anomaly) value += AnomalyDistance * random.NextGaussian();
                features[j] = (float)value;
            }

            return new DemoEvent(features, anomaly);
        }
    }

    private static double[,] Gaussians(ulong seed, ulong index, int rows, double scale)
    {
        var random = new CounterRandom(seed, CentrePurpose, index);
        var values = new double[rows, Features];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < Features; j++)
                values[i, j] = scale * random.NextGaussian();
        return values;
    }
}
