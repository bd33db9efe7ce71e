namespace DagmmStream.Modeling.Fitting;

/// <summary>Standardisation of the features; of all of them through asinh when one is heavy-tailed. Immutable.</summary>
internal sealed class FitScaler
{
    private const double SmallestDeviation = 1e-12;
    private readonly double[] _mean;
    private readonly double[] _deviation;

    private FitScaler(double[] mean, double[] deviation, bool heavy) => (_mean, _deviation, IsHeavy) = (mean, deviation, heavy);

    /// <summary>True if a column has a fourth standardised moment above the limit: every feature then goes through asinh.</summary>
    public bool IsHeavy { get; }

    public ReadOnlySpan<double> Mean => _mean;

    public ReadOnlySpan<double> Deviation => _deviation;

    public static FitScaler Of(ReadOnlySpan<float> rows, int count, int features, double heavyTail)
    {
        var (mean, deviation, fourth) = (new double[features], new double[features], new double[features]);
        for (var at = 0; at < count * features; at += features)
            for (var j = 0; j < features; j++) mean[j] += rows[at + j] / (double)count;
        for (var at = 0; at < count * features; at += features)
        for (var j = 0; j < features; j++)
        {
            var square = (rows[at + j] - mean[j]) * (rows[at + j] - mean[j]);
            deviation[j] += square / count;
            fourth[j] += square * square / count;
        }

        var heavy = false;
        for (var j = 0; j < features; j++)
        {
            deviation[j] = Math.Sqrt(deviation[j]);
            var constant = deviation[j] <= SmallestDeviation;
            if (constant) deviation[j] = Math.Abs(mean[j]) > SmallestDeviation ? Math.Abs(mean[j]) : 1;
            else heavy |= fourth[j] / Math.Pow(deviation[j], 4) > heavyTail;
        }

        return new FitScaler(mean, deviation, heavy);
    }

    public void Transform(ReadOnlySpan<float> rows, Span<float> scaled)
    {
        for (var at = 0; at < rows.Length; at += _mean.Length)
        for (var j = 0; j < _mean.Length; j++)
        {
            var value = (rows[at + j] - _mean[j]) / _deviation[j];
            scaled[at + j] = (float)(IsHeavy ? Math.Asinh(value) : value);
        }
    }
}
