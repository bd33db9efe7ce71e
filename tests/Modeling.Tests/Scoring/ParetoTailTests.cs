using DagmmStream.Modeling.Scoring;

namespace DagmmStream.Modeling.Tests.Scoring;

public class ParetoTailTests
{
    private const int Count = 4000;

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    [InlineData(-0.15)]
    public void Fit_QuantilesOfAKnownTail_FindsIt(double shape)
    {
        var excesses = Quantiles(shape, 3);
        var tail = ParetoTail.Fit(excesses, Ones(Count), 0, excesses[^1], 1e-9);
        Assert.Equal(shape, tail.Shape, 0.03);
        Assert.Equal(3, tail.Scale, 0.1);
    }

    [Fact]
    public void Fit_HighestCensored_IsTheSameTail()
    {
        var excesses = Quantiles(0.1, 2);
        var known = excesses.AsSpan(0, Count * 8 / 10);
        var tail = ParetoTail.Fit(known, Ones(known.Length), Count - known.Length, known[^1], 1e-9);
        Assert.Equal(0.1, tail.Shape, 0.05);
        Assert.Equal(2, tail.Scale, 0.1);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(-0.2)]
    public void InverseLogSurvival_AnyShare_InvertsLogSurvival(double shape)
    {
        var excesses = Quantiles(shape, 1);
        var tail = ParetoTail.Fit(excesses, Ones(Count), 0, excesses[^1], 1e-9);
        for (var excess = 0.0; excess < 40; excess += 0.37) Assert.Equal(excess, tail.InverseLogSurvival(tail.LogSurvival(excess)), 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Fit_NoSpread_HasTheSmallestScale(int count)
    {
        var tail = ParetoTail.Fit(new double[count], Ones(count), 2, 0, 1e-3);
        Assert.Equal((0, 1e-3), (tail.Shape, tail.Scale));
    }

    [Fact]
    public void Fit_OneFarExcess_StaysFinite()
    {
        double[] excesses = [0, 0, 1e-12, 1e300];
        var tail = ParetoTail.Fit(excesses, Ones(4), 3, 1e300, 1e-9);
        Assert.InRange(tail.Shape, ParetoTail.SmallestShape, ParetoTail.LargestShape);
        Assert.True(double.IsFinite(tail.Scale) && tail.Scale > 0);
        Assert.True(double.IsFinite(tail.LogSurvival(1e300)));
    }

    private static double[] Ones(int count) => [.. Enumerable.Repeat(1.0, count)];

    private static double[] Quantiles(double shape, double scale) => [.. Enumerable.Range(0, Count).Select(i =>
    {
        var log = Math.Log(1 - ((i + 0.5) / Count));
        return shape == 0 ? -scale * log : scale * (Math.Exp(-shape * log) - 1) / shape;
    })];
}
