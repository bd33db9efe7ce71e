using DagmmStream.Grains.Decisions;
using FsCheck.Xunit;

namespace DagmmStream.Grains.Tests.Decisions;

public class LabelledLimitTests
{
    private const double Base = 0.001;

    [Fact]
    public void Of_OneLabel_MovesNothing()
    {
        Assert.Equal(Base, LabelledLimit.Of(Base, [Label(0.0008, FeedbackLabel.Normal)]));
        Assert.Equal(Base, LabelledLimit.Of(Base, [Label(0.003, FeedbackLabel.Anomaly)]));
    }

    [Fact]
    public void Of_TwoFalseAlarms_LowersJustBelowThem()
    {
        var limit = LabelledLimit.Of(Base, [Label(0.0008, FeedbackLabel.Normal), Label(0.0006, FeedbackLabel.Normal)]);
        Assert.InRange(limit, 0.0005999, 0.0006 - 1e-15);
    }

    [Fact]
    public void Of_TwoMissedAnomalies_RaisesToThem()
    {
        var limit = LabelledLimit.Of(Base, [Label(0.002, FeedbackLabel.Anomaly), Label(0.003, FeedbackLabel.Anomaly)]);
        Assert.Equal(0.003, limit);
    }

    [Fact]
    public void Of_LabelsBeyondTheBound_AreNotFollowed()
    {
        var labels = Enumerable.Repeat(0, 10).Select(_ => Label(0.5, FeedbackLabel.Anomaly)).ToList();
        Assert.Equal(Base, LabelledLimit.Of(Base, labels));
        labels.AddRange(Enumerable.Repeat(0, 10).Select(_ => Label(1e-9, FeedbackLabel.Normal)));
        Assert.Equal(Base, LabelledLimit.Of(Base, labels));
    }

    [Property]
    public bool Of_AnyLabels_StaysWithinTheBoundAndMakesNoMoreErrors(double[] values, bool[] anomalies)
    {
        var labels = values.Where(double.IsFinite).Zip(anomalies).Select(pair => Label(
            Base * Math.Exp(Math.IEEERemainder(pair.First, 3)), pair.Second ? FeedbackLabel.Anomaly : FeedbackLabel.Normal)).ToList();
        var limit = LabelledLimit.Of(Base, labels);
        int Errors(double at) => labels.Count(label => (label.PValue <= at) != (label.Label == FeedbackLabel.Anomaly));
        return limit >= Base / LabelledLimit.Bound && limit <= Base * LabelledLimit.Bound
            && Errors(limit) <= Errors(Base) - (limit == Base ? 0 : 2);
    }

    private static LabelledEvent Label(double pValue, FeedbackLabel label) =>
        new() { Offset = 0, Time = 0, Label = label, PValue = pValue, Row = [] };
}
