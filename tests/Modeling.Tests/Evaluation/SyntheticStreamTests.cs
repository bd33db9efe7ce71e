using DagmmStream.Modeling.Evaluation;

namespace DagmmStream.Modeling.Tests.Evaluation;

public class SyntheticStreamTests
{
    [Fact]
    public void Create_SameKindAndSeed_IsTheSameStream()
    {
        foreach (var kind in Enum.GetValues<SyntheticKind>())
        {
            var (one, same, other) = (Create(kind, 3), Create(kind, 3), Create(kind, 4));
            Assert.Equal(one.Rows, same.Rows);
            Assert.Equal(one.Anomalies, same.Anomalies);
            Assert.NotEqual(one.Rows, other.Rows);
            Assert.All(one.Rows, value => Assert.True(float.IsFinite(value)));
        }
    }

    [Theory]
    [InlineData((int)SyntheticKind.Gradual, 0.03)]
    [InlineData((int)SyntheticKind.Abrupt, 0.03)]
    [InlineData((int)SyntheticKind.Recurring, 0.03)]
    [InlineData((int)SyntheticKind.Burst, 0.0083)]
    [InlineData((int)SyntheticKind.Stationary, 0)]
    public void Create_Kind_HasItsShareOfAnomalies(int kind, double share)
    {
        var stream = Create((SyntheticKind)kind, 1);
        Assert.InRange(stream.Anomalies.Count(anomaly => anomaly) / (double)stream.Count, share * 0.75, share * 1.25);
        Assert.DoesNotContain(true, stream.Shifted);
    }

    [Fact]
    public void Create_Attack_IsCleanBeforeAndHasItsShareWithin()
    {
        var stream = Create(SyntheticKind.Attack, 1);
        Assert.DoesNotContain(true, stream.Anomalies[..stream.Start]);
        Assert.InRange(stream.Anomalies[stream.Start..stream.End].Count(anomaly => anomaly) / 6000.0, 0.45, 0.49);
        Assert.InRange(stream.Anomalies[stream.End..].Count(anomaly => anomaly) / 6000.0, 0.005, 0.015);
    }

    [Fact]
    public void Create_LongFaultAndRegime_ShiftAThirdOfTheEventsMeanwhile()
    {
        var (fault, regime) = (Create(SyntheticKind.LongFault, 2), Create(SyntheticKind.Regime, 2));
        Assert.InRange(fault.Shifted.Count(shifted => shifted), 900, 1100);
        Assert.DoesNotContain(true, fault.Shifted[..fault.Start]);
        Assert.DoesNotContain(true, fault.Shifted[fault.End..]);
        Assert.All(Enumerable.Range(0, fault.Count), i => Assert.True(fault.Anomalies[i] || !fault.Shifted[i]));
        Assert.InRange(regime.Shifted[regime.Start..].Count(shifted => shifted), 3600, 4400);
        Assert.All(Enumerable.Range(0, regime.Count), i => Assert.False(regime.Anomalies[i] && regime.Shifted[i]));
    }

    [Fact]
    public void Create_Burst_RepeatsOneNormalEvent()
    {
        var stream = Create(SyntheticKind.Burst, 5);
        var first = stream.Rows.AsSpan(stream.Start * SyntheticStream.Features, SyntheticStream.Features).ToArray();
        for (var i = stream.Start; i < stream.End; i++)
            Assert.Equal(first, stream.Rows.AsSpan(i * SyntheticStream.Features, SyntheticStream.Features).ToArray());
        Assert.DoesNotContain(true, stream.Anomalies[stream.Start..stream.End]);
        Assert.Equal(100 * SyntheticStream.Features, stream.Probes(100).Length);
    }

    private static SyntheticStream Create(SyntheticKind kind, ulong seed) => SyntheticStream.Create(kind, seed);
}
