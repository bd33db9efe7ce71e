using DagmmStream.Modeling.Explanation;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Tests.Scoring;

namespace DagmmStream.Modeling.Tests.Explanation;

public class EventExplainerTests
{
    private const int Features = 5;

    public static TheoryData<string> Presets => ["stream", "lite", "paper"];

    [Theory]
    [MemberData(nameof(Presets))]
    public void Explain_UsualAndFarEvents_PartsSumToTheDistanceFromTheMedian(string preset)
    {
        var snapshot = Snapshot(preset);
        var explainer = new EventExplainer();
        var rows = TestModels.Rows(60, Features, 5);
        for (var i = 0; i < 60; i++)
        {
            var row = rows.AsSpan(i * Features, Features);
            if (i % 3 == 0) row[i % Features] += i;
            var explanation = explainer.Explain(snapshot, row);
            var energy = new EnergyScorer().Score(snapshot, row).Energy;
            Assert.Equal(energy, explanation.Energy);
            Assert.Equal(snapshot.Members.Average(member => member.EnergyMedian), explanation.MedianEnergy, 1e-9);
            var tolerance = 1e-6 * Math.Max(1, Math.Abs(energy) * 1e-6);
            Assert.Equal(energy - explanation.MedianEnergy, explanation.Parts.Sum(), tolerance);
            Assert.Equal(1, explanation.ErrorShares.Sum(), 1e-9);
            for (var m = 0; m < snapshot.Members.Length; m++)
                Assert.Equal(1, explanation.Memberships.Skip(m * 4).Take(snapshot.Layout.Spec.Components).Sum(), 1e-9);
        }
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void Explain_TypicalWindow_EveryPartIsNearZeroOnAverage(string preset)
    {
        var snapshot = Snapshot(preset);
        var rows = TestModels.Rows(300, Features, 1);
        var sums = new double[3];
        for (var i = 0; i < 300; i++)
        {
            var parts = new EventExplainer().Explain(snapshot, rows.AsSpan(i * Features, Features)).Parts;
            for (var p = 0; p < 3; p++) sums[p] += parts[p] / 300;
        }

        // What a typical event has is taken off every part, not off the whole only.
        Assert.All(sums, mean => Assert.InRange(mean, -3, 3));
    }

    [Fact]
    public void Explain_OneShiftedFeature_NamesItByValueAndExpectation()
    {
        var snapshot = Snapshot("stream");
        var row = TestModels.Rows(1, Features, 9);
        var usual = new EventExplainer().Explain(snapshot, row);
        for (var j = 0; j < Features; j++) Assert.InRange(usual.Expected[j], (100 * j) - 20, (100 * j) + 20);
        row[2] += 500;
        var shifted = new EventExplainer().Explain(snapshot, row);
        Assert.Equal(2, Array.IndexOf(shifted.ErrorShares, shifted.ErrorShares.Max()));
        Assert.True(shifted.Energy > usual.Energy);
    }

    [Fact]
    public void Explain_SameEventAfterOthers_IsTheSameBits()
    {
        var snapshot = Snapshot("stream");
        var explainer = new EventExplainer();
        var rows = TestModels.Rows(20, Features, 6);
        var first = explainer.Explain(snapshot, rows.AsSpan(0, Features));
        for (var i = 1; i < 20; i++) explainer.Explain(snapshot, rows.AsSpan(i * Features, Features));
        foreach (var again in new[] { explainer, new EventExplainer() }.Select(e => e.Explain(snapshot, rows.AsSpan(0, Features))))
        {
            Assert.Equal(first.Parts, again.Parts);
            Assert.Equal(first.Expected, again.Expected);
            Assert.Equal(first.ErrorShares, again.ErrorShares);
            Assert.Equal(first.Memberships, again.Memberships);
        }
    }

    [Theory]
    [InlineData(float.MaxValue)]
    [InlineData(-float.MaxValue)]
    [InlineData(1e30f)]
    public void Explain_ExtremeEvent_IsFinite(float extreme)
    {
        var row = new float[Features];
        Array.Fill(row, extreme);
        foreach (var preset in new[] { "stream", "lite", "paper" })
        {
            var explanation = new EventExplainer().Explain(Snapshot(preset), row);
            Assert.All(explanation.Parts, part => Assert.True(double.IsFinite(part)));
            Assert.All(explanation.Expected, expected => Assert.True(double.IsFinite(expected)));
            Assert.Equal(1, explanation.ErrorShares.Sum(), 1e-6);
        }
    }

    [Fact]
    public void ChainRule_AnyMixture_SumsToTheEnergyAndStartsWithTheMarginal()
    {
        double[] covariance = [2, .5, .3, .5, 1, .2, .3, .2, .7];
        double[] second = [1, -.4, 0, -.4, 3, .1, 0, .1, .4];
        double[] means = [0, 1, 2, -1, 0, 1];
        var mixture = Mixture.Create([Math.Log(.3), Math.Log(.7)], means, [.. covariance, .. second], 3, out _)!;
        double[] z = [.4, -2, 5];
        var (parts, memberships) = (new double[3], new double[2]);
        EnergyDecomposition.ChainRule(mixture, z, 1, parts, memberships);
        Assert.Equal(mixture.Energy(z, new double[mixture.ScratchLength]), parts.Sum(), 1e-12);
        var marginal = (.3 * Normal(.4, 0, 2)) + (.7 * Normal(.4, -1, 1));
        Assert.Equal(-Math.Log(marginal), parts[0], 1e-12);
        Assert.Equal(1, memberships.Sum(), 1e-12);
    }

    private static double Normal(double x, double mean, double variance) =>
        Math.Exp(-0.5 * (x - mean) * (x - mean) / variance) / Math.Sqrt(2 * Math.PI * variance);

    private static ModelSnapshot Snapshot(string preset) => (preset switch
    {
        "stream" => TestModels.Publish(ModelSpec.Stream(Features), PublishOptions.Stream),
        "lite" => TestModels.Publish(ModelSpec.Lite(Features), PublishOptions.Lite),
        _ => TestModels.Publish(ModelSpec.Paper(Features), PublishOptions.Paper),
    }).Snapshot!;
}
