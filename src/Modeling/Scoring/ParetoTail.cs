using System.Runtime.CompilerServices;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// A generalised Pareto tail of excesses over a start (peaks over threshold: Pickands 1975), fitted by maximum posterior likelihood to
/// excesses of which the highest may be right-censored: of these only their number is used (Lawless 2003, section 4.1).
/// </summary>
internal readonly struct ParetoTail
{
    /// <summary>Smallest shape: a lighter tail ends too early.</summary>
    public const double SmallestShape = -0.25;

    /// <summary>Largest shape: a heavier tail has no variance.</summary>
    public const double LargestShape = 0.5;

    // What a few dozen excesses say about the shape is mostly noise: it is drawn towards a tail slightly heavier than exponential.
    private const double PriorShape = 0.03;
    private const double PriorDeviation = 0.1;
    private const double ShapeZero = 1e-6;
    private const int ShapeRounds = 12;
    private const int ScaleRounds = 20;
    private const double ScaleTolerance = 1e-9;
    private readonly double _cut;

    private ParetoTail(double shape, double scale)
    {
        (Shape, Scale) = (shape, scale);
        // A light tail ends at -scale/shape; from half way there on it goes on exponentially, with the same density.
        _cut = shape < 0 ? -0.5 * scale / shape : double.PositiveInfinity;
    }

    /// <summary>Shape; 0 for an exponential tail.</summary>
    public double Shape { get; }

    /// <summary>Scale, above 0.</summary>
    public double Scale { get; }

    /// <summary>An exponential tail.</summary>
    public static ParetoTail Exponential(double scale) => new(0, scale);

    /// <summary>Fits a tail.</summary>
    /// <param name="excesses">Excesses over the start, not below 0, ascending.</param>
    /// <param name="weights">How often each stands there.</param>
    /// <param name="censored">Excesses beyond these of which only the number is used.</param>
    /// <param name="limit">What the censored ones exceed; at least the largest excess.</param>
    /// <param name="smallestScale">Scale where all excesses are 0: too small to matter, so that p still falls.</param>
    /// <returns>The tail.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ParetoTail Fit(
        ReadOnlySpan<double> excesses, ReadOnlySpan<double> weights, double censored, double limit, double smallestScale)
    {
        var (sum, count) = (censored * limit, 0.0);
        for (var i = 0; i < excesses.Length; i++) (sum, count) = (sum + (weights[i] * excesses[i]), count + weights[i]);
        if (!(count > 0 && sum / count > smallestScale)) return Exponential(smallestScale);
        var sample = new Sample(excesses, weights, count, censored, limit);
        var (low, high, start) = (SmallestShape, LargestShape, sum / count);
        for (var round = 0; round < ShapeRounds; round++)
        {
            var shape = (low + high) / 2;
            start = BestScale(shape, start, sample);
            if (Slope(shape, start, sample) > 0) low = shape;
            else high = shape;
        }

        var best = (low + high) / 2;
        var scale = BestScale(best, start, sample);
        // The scale is known from so few excesses: a future one is drawn from the mixture over what it may be, which for an exponential
        // tail is exactly one of shape 1/m.
        return new ParetoTail(Math.Min(best + (1 / count), LargestShape), scale);
    }

    /// <summary>Natural logarithm of the share of excesses beyond one.</summary>
    public double LogSurvival(double excess)
    {
        if (Math.Abs(Shape) < ShapeZero) return -excess / Scale;
        if (excess <= _cut) return -Math.Log(1 + (Shape * excess / Scale)) / Shape;
        return LogSurvival(_cut) - ((excess - _cut) / (Scale + (Shape * _cut)));
    }

    /// <summary>The excess of a logarithm of a share: the inverse of <see cref="LogSurvival"/>.</summary>
    public double InverseLogSurvival(double logSurvival)
    {
        if (Math.Abs(Shape) < ShapeZero) return -logSurvival * Scale;
        if (double.IsPositiveInfinity(_cut) || logSurvival >= LogSurvival(_cut))
            return Scale * (Math.Exp(-Shape * logSurvival) - 1) / Shape;
        return _cut + ((LogSurvival(_cut) - logSurvival) * (Scale + (Shape * _cut)));
    }

    /// <summary>
    /// The scale of greatest likelihood for a shape: the root of m = sum (1 + shape) e/(scale + shape e) + c limit/(scale + shape limit),
    /// whose right side falls with the scale.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double BestScale(double shape, double start, in Sample sample)
    {
        var limit = sample.Limit;
        // A tail of negative shape must reach beyond every excess.
        var floor = Math.Max(0, -shape * limit);
        var scale = Math.Max(start, floor * 2);
        for (var round = 0; round < ScaleRounds; round++)
        {
            var beyond = scale + (shape * limit);
            var (value, slope) = (sample.Censored * limit / beyond, -sample.Censored * limit / beyond / beyond);
            for (var i = 0; i < sample.Excesses.Length; i++)
            {
                var excess = sample.Excesses[i];
                var part = sample.Weights[i] * (1 + shape) * excess / (scale + (shape * excess));
                value += part;
                slope -= part / (scale + (shape * excess));
            }

            var next = scale - ((value - sample.Count) / slope);
            // Newton's steps from above may pass the floor: half way to it then.
            if (!(next > floor)) next = (scale + floor) / 2;
            var isDone = Math.Abs(next - scale) <= ScaleTolerance * scale;
            scale = next;
            if (isDone) break;
        }

        return scale;
    }

    /// <summary>Derivative of the logarithm of the posterior by the shape, at the best scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Slope(double shape, double scale, in Sample sample)
    {
        var slope = (PriorShape - shape) / (PriorDeviation * PriorDeviation);
        for (var i = 0; i < sample.Excesses.Length; i++)
        {
            var excess = sample.Excesses[i];
            // The density is the survival times 1/(scale + shape e): what a censored excess gives, and the derivative of that factor.
            slope += sample.Weights[i] * (Survived(shape, excess / scale) - (excess / (scale + (shape * excess))));
        }

        return slope + (sample.Censored * Survived(shape, sample.Limit / scale));
    }

    /// <summary>Derivative of -log(1 + shape x)/shape by the shape.</summary>
    private static double Survived(double shape, double x) => Math.Abs(shape) < ShapeZero ? x * x / 2
        : (Math.Log(1 + (shape * x)) / (shape * shape)) - (x / (shape * (1 + (shape * x))));

    private readonly ref struct Sample(
        ReadOnlySpan<double> excesses, ReadOnlySpan<double> weights, double count, double censored, double limit)
    {
        public ReadOnlySpan<double> Excesses { get; } = excesses;

        public ReadOnlySpan<double> Weights { get; } = weights;

        /// <summary>Sum of the weights.</summary>
        public double Count { get; } = count;

        public double Censored { get; } = censored;

        public double Limit { get; } = limit;
    }
}
