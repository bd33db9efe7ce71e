using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Tests.Scoring;

public class SurplusComponentsTests
{
    private static readonly PublishOptions Choosing = PublishOptions.Stream with { ChooseComponents = true };

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Publish_ChoosingComponentsOfOneGaussian_LeavesFewOfEight(int features)
    {
        var spec = ModelSpec.Stream(features) with { Components = 8 };
        var kept = Snapshot(spec, PublishOptions.Stream);
        var chosen = Snapshot(spec, Choosing);
        for (var m = 0; m < spec.Members.Length; m++)
        {
            Assert.Equal(8, Live(kept.Members[m]));
            Assert.InRange(Live(chosen.Members[m]), 1, 5);
            Assert.Equal(1, chosen.Members[m].Mixture.LogShares.ToArray().Sum(Math.Exp), 12);
        }
    }

    [Fact]
    public void Publish_ChoosingComponents_ScoresEveryEventFinitely()
    {
        var spec = ModelSpec.Stream(3) with { Components = 6 };
        var snapshot = Snapshot(spec, Choosing);
        var rows = TestModels.Rows(200, 3, 7);
        // Far outliers too: a dead component must not turn into a number that is none.
        for (var i = 0; i < 20; i++) rows[i * 3] = MathF.Pow(10, i);
        var (scorer, scores) = (new EnergyScorer(), new EnergyScore[200]);
        scorer.Score(snapshot, rows, 200, scores);
        for (var i = 0; i < 200; i++)
        {
            Assert.True(double.IsFinite(scores[i].Score), $"row {i}: {scores[i].Score}");
            Assert.Equal(scorer.Score(snapshot, rows.AsSpan(i * 3, 3)), scores[i]);
        }
    }

    [Fact]
    public void Publish_ChoosingComponentsTwice_GivesTheSameMixtures()
    {
        var spec = ModelSpec.Stream(4);
        var (first, second) = (Snapshot(spec, Choosing), Snapshot(spec, Choosing));
        for (var m = 0; m < spec.Members.Length; m++)
            Assert.Equal(first.Members[m].Mixture.LogShares.ToArray(), second.Members[m].Mixture.LogShares.ToArray());
    }

    private static int Live(MemberSnapshot member) => member.Mixture.LogShares.ToArray().Count(share => !double.IsNegativeInfinity(share));

    private static ModelSnapshot Snapshot(ModelSpec spec, PublishOptions options)
    {
        var result = TestModels.Publish(spec, options, count: 900);
        Assert.Null(result.FailureReason);
        return result.Snapshot!;
    }
}
