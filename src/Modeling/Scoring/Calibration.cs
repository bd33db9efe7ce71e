using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// From score to p-value, from the scores of recent events. Up to the tail p = (1 + number of scores ≥ s) / (1 + n); above it, over the
/// highest tenth, a <see cref="ParetoTail"/>. Immutable.
/// </summary>
public sealed class Calibration
{
    /// <summary>Most scores kept; a longer list is thinned evenly by rank.</summary>
    public const int MaximumScores = 4096;

    /// <summary>Smallest p-value given.</summary>
    public const double Floor = 1e-300;

    // A tenth of a few hundred scores is enough to fit two numbers to.
    private const double TailShare = 0.1;

    // Excesses that are all equal, or none: a scale too small to matter, so that p still falls.
    private const double SmallestScale = 1e-6;
    private readonly double[] _scores;
    private readonly double _contamination;
    private readonly bool _isLogarithmic;
    private readonly double _tailStart;
    private readonly double _tailProbability;
    private readonly ParetoTail _tail;

    private Calibration(double[] sorted, double contamination, bool isLogarithmic)
    {
        (_scores, _contamination, _isLogarithmic) = (sorted, contamination, isLogarithmic);
        (_tailProbability, _tail) = (1, ParetoTail.Exponential(1));
        if (sorted.Length == 0) return;
        var count = (int)Math.Ceiling(TailShare * sorted.Length);
        _tailStart = sorted[^count];
        _tailProbability = Empirical(_tailStart);
        _tail = FitTail(sorted.AsSpan(sorted.Length - count), Math.Min(count - 1, (int)Math.Ceiling(contamination * sorted.Length)));
    }

    /// <summary>Scores kept, ascending.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    /// <summary>Shape of the fitted tail, in [-0.25, 0.5].</summary>
    public double TailShape => _tail.Shape;

    /// <summary>Calibrates on scores.</summary>
    /// <param name="scores">Finite scores of normal events, in any order; copied.</param>
    /// <param name="contamination">Share of the scores, at the top, that may be anomalies, in [0, 0.1): the tail is then fitted without
    /// them.
    /// 0 for scores that are known to be normal.</param>
    /// <param name="isLogarithmic">True for scores sign(u) log(1+|u|): the tail is then fitted in u.</param>
    /// <returns>The calibration; without scores every p-value is 1.</returns>
    /// <exception cref="ArgumentException">A score is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="contamination"/> is outside [0, 0.1).</exception>
    public static Calibration Of(ReadOnlySpan<double> scores, double contamination = 0, bool isLogarithmic = false)
    {
        if (!(contamination >= 0 && contamination < TailShare))
        {
            throw new ArgumentOutOfRangeException(
                nameof(contamination), contamination, $"must be at least 0 and below {TailShare}");
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
        if (!(contamination >= 0 && contamination < TailShare))
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
        return Math.Max(Floor, _tailProbability * Math.Exp(_tail.LogSurvival(Linear(score) - Linear(_tailStart))));
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
            return FromLinear(Linear(_tailStart) + _tail.InverseLogSurvival(Math.Log(alarmRate / _tailProbability)));
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
    /// Fits the highest scores, right-censored at the quantile of the contamination, so that anomalies among them cannot stretch the tail.
    /// </summary>
    private ParetoTail FitTail(ReadOnlySpan<double> highest, int censored)
    {
        var excesses = new double[highest.Length - censored];
        for (var i = 0; i < excesses.Length; i++) excesses[i] = Linear(highest[i]) - Linear(_tailStart);
        return ParetoTail.Fit(excesses, censored, excesses[^1], SmallestScale * Math.Max(Math.Abs(_tailStart), 1));
    }

    /// <summary>The unit in which the tail is fitted: u of a score sign(u) log(1+|u|), or the score itself.</summary>
    private double Linear(double score) => _isLogarithmic ? Math.CopySign(Math.Exp(Math.Abs(score)) - 1, score) : score;

    private double FromLinear(double value) => _isLogarithmic ? Math.CopySign(Math.Log(1 + Math.Abs(value)), value) : value;

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
