using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Scoring;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Modeling.Tests.Scoring;

public class CalibrationTests
{
    [Fact]
    public void PValue_ExchangeableScores_IsUniform()
    {
        var random = new CounterRandom(8, RandomPurpose.Sampling, 0);
        var window = new double[4096];
        for (var i = 0; i < window.Length; i++) window[i] = random.NextGaussian();
        var calibration = Calibration.Of(window);
        var p = new double[10_000];
        for (var i = 0; i < p.Length; i++) p[i] = calibration.PValue(random.NextGaussian());
        Array.Sort(p);
        var distance = p.Select(
            (value, i) => Math.Max(Math.Abs(value - ((double)i / p.Length)), Math.Abs(value - ((i + 1.0) / p.Length)))).Max();
        Assert.InRange(distance, 0, 0.03);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(300)]
    [InlineData(6000)]
    public void PValue_GrowingScore_FallsWithinBounds(int count)
    {
        var random = new CounterRandom(3, RandomPurpose.Sampling, (ulong)count);
        var scores = new double[count];
        for (var i = 0; i < count; i++) scores[i] = random.NextDouble();
        var calibration = Calibration.Of(scores);
        var last = 1.0;
        for (var score = -1.0; score < 1e3; score += score < 2 ? 0.001 : 1)
        {
            var p = calibration.PValue(score);
            Assert.InRange(p, Calibration.Floor, last);
            if (count > 1 && score > scores.Max() && last > Calibration.Floor) Assert.True(p < last);
            last = p;
        }

        Assert.True(calibration.PValue(double.MaxValue) > 0);
    }

    [Fact]
    public void Threshold_AnyRate_InvertsPValue()
    {
        var random = new CounterRandom(5, RandomPurpose.Sampling, 0);
        var scores = new double[2000];
        for (var i = 0; i < scores.Length; i++) scores[i] = random.NextGaussian();
        var calibration = Calibration.Of(scores);
        foreach (var rate in new[] { 1e-9, 1e-5, 1e-3, 0.01, 0.019, 0.03, 0.2, 0.9 })
        {
            var threshold = calibration.Threshold(rate);
            Assert.True(calibration.PValue(threshold) <= rate * (1 + 1e-9));
            Assert.True(calibration.PValue(threshold - 1e-3 - (1e-3 * Math.Abs(threshold))) > rate * 0.99);
        }
    }

    [Fact]
    public void PValue_AnyScores_NeverGrows() => Prop.ForAll<NormalFloat[], NormalFloat, NormalFloat>((scores, a, b) =>
    {
        var calibration = Calibration.Of(Array.ConvertAll(scores, score => score.Item));
        var (low, high) = (Math.Min(a.Item, b.Item), Math.Max(a.Item, b.Item));
        return calibration.PValue(low) >= calibration.PValue(high) && calibration.PValue(high) > 0 && calibration.PValue(low) <= 1;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.02)]
    public void PValue_ManyWindows_AlarmsAtTheTargetRates(double contamination)
    {
        const int windows = 100, scores = 2048, future = 2000;
        var (permille, percent) = (0, 0);
        for (var window = 0; window < windows; window++)
        {
            var random = new CounterRandom(17, RandomPurpose.Sampling, (ulong)window);
            double Score() => Math.Log(1 - Math.Log(1 - random.NextDouble()));
            var seen = new double[scores];
            for (var i = 0; i < seen.Length; i++) seen[i] = Score();
            var calibration = Calibration.Of(seen, contamination, isLogarithmic: true);
            for (var i = 0; i < future; i++)
            {
                var p = calibration.PValue(Score());
                if (p <= 0.001) permille++;
                if (p <= 0.01) percent++;
            }
        }

        Assert.InRange(permille / (double)(windows * future), 0.0008, 0.0012);
        Assert.InRange(percent / (double)(windows * future), 0.009, 0.011);
    }

    [Fact]
    public void Threshold_FewScores_IsHigherThanOfMany()
    {
        // The same quantiles of an exponential distribution, from ten and from a hundred times as many scores: what is known from few may
        // be wrong, and an alarm rate must hold all the same.
        static Calibration Of(int count) => Calibration.Of(
            [.. Enumerable.Range(0, count).Select(i => Math.Log(1 - Math.Log(1 - ((i + 0.5) / count))))], 0.02, isLogarithmic: true);
        Assert.True(Of(128).Threshold(1e-4) > Of(1280).Threshold(1e-4));
        Assert.True(Of(1280).Threshold(1e-4) > Of(4000).Threshold(1e-4));
    }

    [Fact]
    public void Threshold_AnomaliesAmongTheScores_AreNotTakenForTheTail()
    {
        var random = new CounterRandom(19, RandomPurpose.Sampling, 0);
        var scores = new double[2048];
        for (var i = 0; i < scores.Length; i++) scores[i] = Math.Log(1 - Math.Log(1 - random.NextDouble()));
        var clean = Calibration.Of(scores, 0.02, isLogarithmic: true).Threshold(0.001);
        for (var i = 0; i < 20; i++) scores[i * 100] = 6;
        var mixed = Calibration.Of(scores, 0.02, isLogarithmic: true);
        Assert.InRange(mixed.Threshold(0.001), clean - 0.1, clean + 0.3);
        Assert.True(mixed.PValue(6) < 1e-6);
    }
}
