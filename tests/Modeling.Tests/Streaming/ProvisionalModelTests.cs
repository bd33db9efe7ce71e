using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Tests.Scoring;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Tests.Streaming;

public class ProvisionalModelTests
{
    private const int Features = 3;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(31, 0)]
    [InlineData(32, 32)]
    [InlineData(100, 64)]
    [InlineData(5000, 128)]
    public void SizeOf_Events_IsTheLargestReached(int events, int expected) =>
        Assert.Equal(expected, ProvisionalModel.SizeOf(events, LearnerOptions.Stream));

    [Fact]
    public void SizeOf_ShortWarmUp_StaysBelowIt() =>
        Assert.Equal(32, ProvisionalModel.SizeOf(64, LearnerOptions.Stream with { WarmUp = 64 }));

    [Theory]
    [InlineData(32)]
    [InlineData(128)]
    public void Of_FewEvents_RanksAnOutlierAboveThemAndIsPure(int count)
    {
        foreach (var spec in new[] { ModelSpec.Stream(Features), ModelSpec.Lite(Features), ModelSpec.Stream(1) })
        {
            var rows = TestModels.Rows(count, spec.Features, 5);
            var snapshot = Make(spec, rows)!;
            Assert.Equal((0, count, null), (snapshot.Version, snapshot.WindowCount, snapshot.Anchor));
            Assert.Equal(snapshot.Weights.ToArray(), Make(spec, rows)!.Weights.ToArray());
            var (scorer, far) = (new EnergyScorer(), new float[spec.Features]);
            Array.Fill(far, 1000);
            var outlier = scorer.Score(snapshot, far);
            for (var i = 0; i < count; i++)
            {
                var own = scorer.Score(snapshot, rows.AsSpan(i * spec.Features, spec.Features));
                Assert.True(own.Energy < outlier.Energy && own.Score < outlier.Score);
            }
        }
    }

    private static ModelSnapshot? Make(ModelSpec spec, float[] rows) =>
        ProvisionalModel.Of(spec, LearnerOptions.Stream, new SimdTrainingEngine(), 3, rows);
}
