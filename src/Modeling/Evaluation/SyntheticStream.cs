using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Evaluation;

/// <summary>
/// Streams whose truth is known: three Gaussians of different shape in eight dimensions that move as <see cref="SyntheticKind"/> says, and
/// anomalies among them: half scattered around a component, half uniform in the box around all of them but away from each. A pure
/// function of (kind, seed).
/// </summary>
internal sealed class SyntheticStream
{
    /// <summary>Features d.</summary>
    public const int Features = 8;

    private const int Components = 3;
    private const double MeanSpread = 3;
    private const double CoreDeviation = 0.3;
    private const double ScatterDeviation = 2.2;
    private const double BoxHalfWidth = 7;

    // Rejection of box anomalies: farther from every component than this many of its deviations.
    private static readonly double Far = 1.5 * Math.Sqrt(Features);
    private readonly double[][] _shapes = new double[Components][];
    private readonly CholeskyFactor[] _factors = new CholeskyFactor[Components];
    private readonly double[][] _before = new double[Components][];
    private readonly double[][] _after = new double[Components][];
    private readonly double[][] _attacks = new double[2][];
    private CounterRandom _random;

    private SyntheticStream(SyntheticKind kind, ulong seed)
    {
        Kind = kind;
        _random = new CounterRandom(seed, RandomPurpose.Sampling, (ulong)kind);
        Count = kind switch
        {
            SyntheticKind.Gradual or SyntheticKind.Abrupt or SyntheticKind.Recurring => 6000,
            SyntheticKind.Burst => 12_000,
            SyntheticKind.Attack => 18_000,
            _ => 20_000,
        };
        (Rows, Anomalies, Shifted) = (new float[Count * Features], new bool[Count], new bool[Count]);
        for (var k = 0; k < Components; k++) CreateComponent(k);
        // Attacks are tight and lie where nothing normal is.
        for (var k = 0; k < _attacks.Length; k++) _attacks[k] = Box();
        for (var i = 0; i < Count; i++) Draw(i);
    }

    /// <summary>What happens.</summary>
    public SyntheticKind Kind { get; }

    /// <summary>Events.</summary>
    public int Count { get; }

    /// <summary>Events [n, d], row-major.</summary>
    public float[] Rows { get; }

    /// <summary>True where an event is an anomaly [n].</summary>
    public bool[] Anomalies { get; }

    /// <summary>True where an event is of a component that a fault or a new regime has shifted [n].</summary>
    public bool[] Shifted { get; }

    /// <summary>First event of the burst, the attack, the fault or the change; the number of events when there is none.</summary>
    public int Start => Kind switch
    {
        SyntheticKind.Burst => 5000,
        SyntheticKind.Attack => Count / 3,
        SyntheticKind.LongFault or SyntheticKind.Regime => 8000,
        SyntheticKind.Abrupt => Count / 2,
        _ => Count,
    };

    /// <summary>First event after it.</summary>
    public int End => Kind switch
    {
        SyntheticKind.Burst => Start + 2000,
        SyntheticKind.Attack => Start + (Count / 3),
        SyntheticKind.LongFault => Start + 3000,
        _ => Count,
    };

    /// <summary>Share of anomalies at a place of the stream, the attacked, shifted and equal events aside.</summary>
    private double Rate(int i) => Kind switch
    {
        SyntheticKind.Stationary => 0,
        SyntheticKind.Gradual or SyntheticKind.Abrupt or SyntheticKind.Recurring => 0.03,
        SyntheticKind.Attack => i < Start ? 0 : i < End ? 0.47 : 0.01,
        _ => 0.01,
    };

    /// <summary>Draws a stream.</summary>
    /// <param name="kind">What happens.</param>
    /// <param name="seed">Key of the stream; not the model's.</param>
    /// <returns>The stream.</returns>
    public static SyntheticStream Create(SyntheticKind kind, ulong seed) => new(kind, seed);

    /// <summary>Normal events of the time before anything happens, which are not in the stream.</summary>
    /// <param name="count">Events.</param>
    /// <returns>The events [count, d].</returns>
    public float[] Probes(int count)
    {
        var probes = new float[count * Features];
        for (var i = 0; i < count; i++) Normal(_random.NextInt32(Components), 0, probes.AsSpan(i * Features, Features));
        return probes;
    }

    private void CreateComponent(int k)
    {
        var shape = new double[Features * Features];
        for (var i = 0; i < shape.Length; i++) shape[i] = _random.NextGaussian() / Math.Sqrt(Features);
        for (var i = 0; i < Features; i++) shape[(i * Features) + i] += CoreDeviation;
        var covariance = new double[Features * Features];
        for (var a = 0; a < Features; a++)
        for (var b = 0; b < Features; b++)
        for (var j = 0; j < Features; j++) covariance[(a * Features) + b] += shape[(a * Features) + j] * shape[(b * Features) + j];
        (_shapes[k], _factors[k]) = (shape, CholeskyFactor.Create(covariance, Features, out _)!);
        (_before[k], _after[k]) = (new double[Features], new double[Features]);
        for (var j = 0; j < Features; j++) _before[k][j] = MeanSpread * _random.NextGaussian();
        for (var j = 0; j < Features; j++) _after[k][j] = MeanSpread * _random.NextGaussian();
    }

    private double Moved(int i, int component) => Kind switch
    {
        SyntheticKind.Gradual => (double)i / Count,
        SyntheticKind.Abrupt => i >= Start ? 1 : 0,
        SyntheticKind.Recurring => i * 6L / Count % 2,
        SyntheticKind.LongFault or SyntheticKind.Regime => component == 0 && i >= Start && i < End ? 1 : 0,
        _ => 0,
    };

    private void Draw(int i)
    {
        var row = Rows.AsSpan(i * Features, Features);
        if (Kind == SyntheticKind.Burst && i > Start && i < End)
        {
            Rows.AsSpan(Start * Features, Features).CopyTo(row);
            return;
        }

        var component = _random.NextInt32(Components);
        var moved = Moved(i, component);
        Anomalies[i] = _random.NextDouble() < Rate(i) && i != Start;
        if (!Anomalies[i])
        {
            Normal(component, moved, row);
            Shifted[i] = moved > 0 && Kind is SyntheticKind.LongFault or SyntheticKind.Regime;
            Anomalies[i] = moved > 0 && Kind == SyntheticKind.LongFault;
            return;
        }

        if (Kind == SyntheticKind.Attack && i < End) Attack(row);
        else Outlier(component, moved, row);
    }

    /// <summary>An event of a component that has gone a share of its way.</summary>
    private void Normal(int component, double moved, Span<float> row)
    {
        Span<double> noise = stackalloc double[Features];
        for (var j = 0; j < Features; j++) noise[j] = _random.NextGaussian();
        var shape = _shapes[component];
        for (var a = 0; a < Features; a++)
        {
            var value = Mean(component, moved, a);
            for (var b = 0; b < Features; b++) value += shape[(a * Features) + b] * noise[b];
            row[a] = (float)value;
        }
    }

    private void Outlier(int component, double moved, Span<float> row)
    {
        if (_random.NextDouble() < 0.5)
        {
            for (var j = 0; j < Features; j++)
                row[j] = (float)(Mean(component, moved, j) + (ScatterDeviation * _random.NextGaussian()));
            return;
        }

        var point = Box(moved);
        for (var j = 0; j < Features; j++) row[j] = (float)point[j];
    }

    /// <summary>Four of five attacks are nearly the same two records, the others scattered.</summary>
    private void Attack(Span<float> row)
    {
        const double nearlyEqual = 0.1, scattered = 0.2;
        if (_random.NextDouble() < scattered)
        {
            Outlier(_random.NextInt32(Components), 0, row);
            return;
        }

        var record = _attacks[_random.NextInt32(_attacks.Length)];
        for (var j = 0; j < Features; j++) row[j] = (float)(record[j] + (nearlyEqual * _random.NextGaussian()));
    }

    private double[] Box(double moved = 0)
    {
        var point = new double[Features];
        Span<double> delta = stackalloc double[Features];
        for (var isNear = true; isNear;)
        {
            for (var j = 0; j < Features; j++) point[j] = BoxHalfWidth * ((2 * _random.NextDouble()) - 1);
            isNear = false;
            for (var k = 0; k < Components && !isNear; k++)
            {
                for (var j = 0; j < Features; j++) delta[j] = point[j] - Mean(k, moved, j);
                isNear = Math.Sqrt(_factors[k].SquaredLength(delta)) <= Far;
            }
        }

        return point;
    }

    private double Mean(int component, double moved, int feature) =>
        ((1 - moved) * _before[component][feature]) + (moved * _after[component][feature]);
}
