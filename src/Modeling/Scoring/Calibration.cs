using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// From score to p-value, from a sketch of the scores of recent events. Up to the tail p = (1 + number of scores above s) / (1 + n),
/// equal ones counted half; above it, over the highest tenth, a <see cref="ParetoTail"/>. Immutable.
/// </summary>
public sealed class Calibration
{
    /// <summary>Smallest p-value given.</summary>
    public const double Floor = 1e-300;

    // A tenth of a few hundred scores is enough to fit two numbers to.
    private const double TailShare = 0.1;

    // Excesses that are all equal, or none: a scale too small to matter, so that p still falls.
    private const double SmallestScale = 1e-6;

    // Interpolation rounds: a threshold must not be a bit too low.
    private const double Below = 1 - 1e-12;
    private readonly QuantileDigest _scores;
    private readonly double _contamination;
    private readonly bool _isLogarithmic;
    private readonly double _tailStart;
    private readonly double _tailProbability;
    private readonly ParetoTail _tail;

    private Calibration(QuantileDigest scores, double contamination, bool isLogarithmic)
    {
        (_scores, _contamination, _isLogarithmic) = (scores, contamination, isLogarithmic);
        (_tailProbability, _tail) = (1, ParetoTail.Exponential(1));
        if (scores.Count == 0) return;
        var first = scores.Means.Length;
        for (var above = 0.0; above < TailShare * scores.Count;) above += scores.Weights[--first];
        _tailStart = scores.Means[first];
        _tailProbability = Empirical(_tailStart);
        _tail = FitTail(first);
    }

    /// <summary>Scores measured against.</summary>
    public double Count => _scores.Count;

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
        return Of(QuantileDigest.Of(scores), contamination, isLogarithmic);
    }

    /// <summary>Calibrates on a sketch of scores.</summary>
    internal static Calibration Of(QuantileDigest scores, double contamination, bool isLogarithmic) =>
        new(scores, contamination, isLogarithmic);

    /// <summary>Reads the byte form.</summary>
    /// <param name="reader">At the first value.</param>
    /// <returns>The calibration.</returns>
    /// <exception cref="CheckpointException">A value is impossible.</exception>
    public static Calibration Read(CheckpointReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var scores = reader.Version > 1 ? QuantileDigest.Read(reader) : ReadScores(reader);
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
        if (_scores.Count == 0) return 1;
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
        if (_scores.Count == 0 && alarmRate < 1) return double.PositiveInfinity;
        if (alarmRate < _tailProbability)
            return FromLinear(Linear(_tailStart) + _tail.InverseLogSurvival(Math.Log(alarmRate / _tailProbability)));
        return TopShareThreshold(alarmRate);
    }

    /// <summary>The score that a share of the scores themselves exceeds, whatever they are: no tail is fitted.</summary>
    /// <param name="share">Share, above 0 and at most 1.</param>
    /// <returns>The score; +inf when there are too few scores to tell.</returns>
    public double TopShareThreshold(double share)
    {
        if (share >= 1) return double.NegativeInfinity;
        var allowed = (share * (1 + _scores.Count)) - 1;
        return allowed < 0 || _scores.Count == 0 ? double.PositiveInfinity : _scores.ValueBelow(allowed * Below);
    }

    /// <summary>Writes the byte form.</summary>
    /// <param name="writer">Receives the values.</param>
    public void Write(CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _scores.Write(writer);
        writer.Write(_contamination);
        writer.Write(_isLogarithmic);
    }

    /// <summary>
    /// Fits the highest scores, right-censored at the quantile of the contamination, so that anomalies among them cannot stretch the tail.
    /// </summary>
    private ParetoTail FitTail(int first)
    {
        var means = _scores.Means[first..];
        var weights = _scores.Weights[first..].ToArray();
        // Half of the cluster at the start is below it.
        weights[0] /= 2;
        var (used, censored) = (means.Length, 0.0);
        while (used > 1 && censored < _contamination * _scores.Count) censored += weights[--used];
        var excesses = new double[used];
        for (var i = 0; i < used; i++) excesses[i] = Linear(means[i]) - Linear(_tailStart);
        var smallest = SmallestScale * Math.Max(Math.Abs(_tailStart), 1);
        return ParetoTail.Fit(excesses, weights.AsSpan(0, used), censored, excesses[^1], smallest);
    }

    /// <summary>The unit in which the tail is fitted: u of a score sign(u) log(1+|u|), or the score itself.</summary>
    private double Linear(double score) => _isLogarithmic ? Math.CopySign(Math.Exp(Math.Abs(score)) - 1, score) : score;

    private double FromLinear(double value) => _isLogarithmic ? Math.CopySign(Math.Log(1 + Math.Abs(value)), value) : value;

    private double Empirical(double score) => (1 + _scores.CountAbove(score)) / (1 + _scores.Count);

    // Version 1 kept the scores themselves.
    private static QuantileDigest ReadScores(CheckpointReader reader)
    {
        var scores = reader.ReadDoubles();
        if (scores.AsSpan().ContainsAnyExceptInRange(double.MinValue, double.MaxValue))
            throw CheckpointReader.Malformed("a score of a calibration is not finite");
        return QuantileDigest.Of(scores);
    }
}
