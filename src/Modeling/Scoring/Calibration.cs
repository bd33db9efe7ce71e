using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// From score to p-value, from the scores of a window of normal events. Up to the tail p = (1 + number of scores ≥ s) / (1 + n); above
/// it, over the highest 2 % or 20 scores, whichever are more, a generalised Pareto distribution (peaks over threshold: Pickands 1975)
/// fitted by probability-weighted moments (Hosking and Wallis 1987, section 3). Immutable.
/// </summary>
public sealed class Calibration
{
    /// <summary>Most scores kept; a longer list is thinned evenly by rank.</summary>
    public const int MaximumScores = 4096;

    /// <summary>Smallest p-value given.</summary>
    public const double Floor = 1e-300;

    private const double TailShare = 0.02;
    private const int TailMinimum = 20;
    private const double CensoredTailShare = 0.1;

    // Outside these the fit is noise at a few dozen points: a heavier tail has no variance, a lighter one ends too early.
    private const double SmallestShape = -0.25;
    private const double LargestShape = 0.5;
    private const double ShapeZero = 1e-9;

    // Plotting position (i - 0.35) / m, recommended by Hosking and Wallis.
    private const double PlottingOffset = 0.35;
    private readonly double[] _scores;
    private readonly double _contamination;
    private readonly bool _isLogarithmic;
    private readonly double _tailStart;
    private readonly double _tailProbability;
    private readonly double _shape;
    private readonly double _scale;
    private readonly double _cut;

    private Calibration(double[] sorted, double contamination, bool isLogarithmic)
    {
        (_scores, _contamination, _isLogarithmic) = (sorted, contamination, isLogarithmic && contamination > 0);
        _tailProbability = 1;
        (_shape, _scale, _cut) = (0, 1, double.PositiveInfinity);
        if (sorted.Length == 0) return;
        if (contamination > 0)
        {
            (_tailStart, _scale) = FitCensored(sorted, contamination);
            _tailProbability = Empirical(_tailStart);
            return;
        }

        var count = Math.Min(sorted.Length, Math.Max(TailMinimum, (int)Math.Ceiling(TailShare * sorted.Length)));
        _tailStart = sorted[^count];
        _tailProbability = Empirical(_tailStart);
        (_shape, _scale) = Fit(sorted.AsSpan(sorted.Length - count + 1), _tailStart);
        // A light tail ends at -scale/shape; from half way there on it goes on exponentially, with the same density.
        if (_shape < 0) _cut = -0.5 * _scale / _shape;
    }

    /// <summary>Scores kept, ascending.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    /// <summary>Shape of the fitted tail, in [-0.25, 0.5].</summary>
    public double TailShape => _shape;

    /// <summary>Calibrates on scores.</summary>
    /// <param name="scores">Finite scores of normal events, in any order; copied.</param>
    /// <param name="contamination">Share of the scores, at the top, that may be anomalies, in [0, 0.1): the tail is then fitted without
    /// them.
    /// 0 for scores that are known to be normal.</param>
    /// <param name="isLogarithmic">True for scores sign(u) log(1+|u|): the tail without anomalies is then exponential in u.</param>
    /// <returns>The calibration; without scores every p-value is 1.</returns>
    /// <exception cref="ArgumentException">A score is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="contamination"/> is outside [0, 0.1).</exception>
    public static Calibration Of(ReadOnlySpan<double> scores, double contamination = 0, bool isLogarithmic = false)
    {
        if (!(contamination >= 0 && contamination < CensoredTailShare))
        {
            throw new ArgumentOutOfRangeException(
                nameof(contamination), contamination, $"must be at least 0 and below {CensoredTailShare}");
        }

        if (scores.ContainsAnyExceptInRange(double.MinValue, double.MaxValue))
            throw new ArgumentException("a score is not finite", nameof(scores));
        var sorted = scores.ToArray();
        Array.Sort(sorted);
        if (sorted.Length <= MaximumScores) return new Calibration(sorted, contamination, isLogarithmic);
        var thinned = new double[MaximumScores];
        for (var i = 0; i < thinned.Length; i++) thinned[i] = sorted[(int)((long)i * (sorted.Length - 1) / (MaximumScores - 1))];
        return new Calibration(thinned, contamination, isLogarithmic);
    }

    /// <summary>Reads the byte form.</summary>
    /// <param name="reader">At the first value.</param>
    /// <returns>The calibration.</returns>
    /// <exception cref="CheckpointException">Scores are too many, not finite or not ascending.</exception>
    public static Calibration Read(CheckpointReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var scores = reader.ReadDoubles();
        if (scores.Length > MaximumScores || scores.AsSpan().ContainsAnyExceptInRange(double.MinValue, double.MaxValue))
            throw CheckpointReader.Malformed($"{scores.Length} scores of a calibration are too many or not finite");
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] < scores[i - 1]) throw CheckpointReader.Malformed($"score {i} of a calibration is not ascending");
        var contamination = reader.ReadDouble();
        if (!(contamination >= 0 && contamination < CensoredTailShare))
            throw CheckpointReader.Malformed($"a calibration's contamination of {contamination} is impossible");
        return new Calibration(scores, contamination, reader.ReadBoolean());
    }

    /// <summary>Share of normal events that score this high or higher.</summary>
    /// <param name="score">The score.</param>
    /// <returns>In [<see cref="Floor"/>, 1]; never grows with the score. Above the tail's start it falls strictly, down to the
    /// floor.</returns>
    public double PValue(double score)
    {
        if (_scores.Length == 0) return 1;
        if (!(score > _tailStart)) return Empirical(score);
        return Math.Max(Floor, _tailProbability * Math.Exp(LogSurvival(Linear(score) - Linear(_tailStart))));
    }

    /// <summary>The smallest score whose p-value is at most the alarm rate: the inverse of <see cref="PValue"/>.</summary>
    /// <param name="alarmRate">Share of normal events that may raise an alarm, above 0 and at most 1.</param>
    /// <returns>The score; +inf without scores, -inf at rate 1.</returns>
    public double Threshold(double alarmRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alarmRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(alarmRate, 1);
        if (alarmRate >= 1) return double.NegativeInfinity;
        if (_scores.Length == 0) return double.PositiveInfinity;
        if (alarmRate < _tailProbability)
            return FromLinear(Linear(_tailStart) + InverseLogSurvival(Math.Log(alarmRate / _tailProbability)));
        var allowed = (int)Math.Floor((alarmRate * (1 + _scores.Length)) - 1);
        return allowed >= _scores.Length ? double.NegativeInfinity : Math.BitIncrement(_scores[_scores.Length - 1 - allowed]);
    }

    /// <summary>Writes the byte form.</summary>
    /// <param name="writer">Receives the values.</param>
    public void Write(CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_scores.AsSpan());
        writer.Write(_contamination);
        writer.Write(_isLogarithmic);
    }

    /// <summary>
    /// Exponential tail above the 90 % quantile by maximum likelihood, right-censored at the quantile of the contamination: of the scores
    /// above
    /// it only their number is used, so that anomalies among them cannot stretch the tail (Lawless 2003, section 4.1).
    /// </summary>
    private (double Start, double Scale) FitCensored(double[] sorted, double contamination)
    {
        var tail = Math.Max(1, (int)Math.Ceiling(CensoredTailShare * sorted.Length));
        var censored = Math.Min(tail - 1, (int)Math.Ceiling(contamination * sorted.Length));
        var start = sorted[^tail];
        var limit = sorted[^(censored + 1)];
        var sum = censored * (Linear(limit) - Linear(start));
        for (var i = sorted.Length - tail; i < sorted.Length - censored; i++) sum += Linear(sorted[i]) - Linear(start);
        var scale = sum / (tail - censored);
        return (start, scale > 0 ? scale : Math.Max(Math.Abs(start), 1) * 1e-6);
    }

    private static (double Shape, double Scale) Fit(ReadOnlySpan<double> tail, double start)
    {
        var (mean, weighted) = (0.0, 0.0);
        for (var i = 0; i < tail.Length; i++)
        {
            var excess = tail[i] - start;
            mean += excess / tail.Length;
            weighted += (1 - ((i + 1 - PlottingOffset) / tail.Length)) * excess / tail.Length;
        }

        // All equal, or none: a unit too small to matter, so that p still falls.
        if (!(mean > 0)) return (0, Math.Max(Math.Abs(start), 1) * 1e-6);
        var shape = 2 - (mean / (mean - (2 * weighted)));
        shape = double.IsFinite(shape) ? Math.Clamp(shape, SmallestShape, LargestShape) : 0;
        return (shape, mean * (1 - shape));
    }

    /// <summary>The unit in which the tail is fitted: u of a score sign(u) log(1+|u|), or the score itself.</summary>
    private double Linear(double score) => _isLogarithmic ? Math.CopySign(Math.Exp(Math.Abs(score)) - 1, score) : score;

    private double FromLinear(double value) => _isLogarithmic ? Math.CopySign(Math.Log(1 + Math.Abs(value)), value) : value;

    private double LogSurvival(double excess)
    {
        if (Math.Abs(_shape) < ShapeZero) return -excess / _scale;
        if (excess <= _cut) return -Math.Log(1 + (_shape * excess / _scale)) / _shape;
        return LogSurvival(_cut) - ((excess - _cut) / (_scale + (_shape * _cut)));
    }

    private double InverseLogSurvival(double logSurvival)
    {
        if (Math.Abs(_shape) < ShapeZero) return -logSurvival * _scale;
        if (double.IsPositiveInfinity(_cut) || logSurvival >= LogSurvival(_cut))
            return _scale * (Math.Exp(-_shape * logSurvival) - 1) / _shape;
        return _cut + ((LogSurvival(_cut) - logSurvival) * (_scale + (_shape * _cut)));
    }

    private double Empirical(double score)
    {
        var (low, high) = (0, _scores.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_scores[middle] < score) low = middle + 1;
            else high = middle;
        }

        return (1.0 + _scores.Length - low) / (1 + _scores.Length);
    }
}
