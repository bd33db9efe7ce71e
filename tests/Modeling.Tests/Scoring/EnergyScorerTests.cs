using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Tests.Scoring;

public class EnergyScorerTests
{
    public static TheoryData<string> Presets => ["stream", "lite", "paper"];

    [Theory]
    [MemberData(nameof(Presets))]
    public void Score_AnyFiniteInput_IsFiniteAndFarIsHigher(string preset)
    {
        var snapshot = Snapshot(preset);
        var scorer = new EnergyScorer();
        var usual = scorer.Score(snapshot, TestModels.Rows(1, 5, 9));
        foreach (var extreme in new[] { float.MaxValue, -float.MaxValue, float.Epsilon, 1e30f })
        {
            var row = new float[5];
            Array.Fill(row, extreme);
            var score = scorer.Score(snapshot, row);
            Assert.True(
                double.IsFinite(score.Energy) && double.IsFinite(score.Live) && double.IsFinite(score.Score), $"{extreme}: {score}");
            if (preset != "paper") Assert.True(score.Live > usual.Live);
        }
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void Score_AfterOtherRows_IsTheSameBits(string preset)
    {
        var snapshot = Snapshot(preset);
        var scorer = new EnergyScorer();
        var rows = TestModels.Rows(50, 5, 3);
        var together = Enumerable.Range(0, 50).Select(i => scorer.Score(snapshot, rows.AsSpan(i * 5, 5))).ToArray();
        for (var i = 49; i >= 0; i--) Assert.Equal(together[i], new EnergyScorer().Score(snapshot, rows.AsSpan(i * 5, 5)));
    }

    [Fact]
    public void Score_SecondEventOfASnapshot_AllocatesNothing()
    {
        var snapshot = Snapshot("stream");
        var scorer = new EnergyScorer();
        var row = TestModels.Rows(1, 5, 3);
        scorer.Score(snapshot, row);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) scorer.Score(snapshot, row);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void Read_WhatWasWritten_ScoresTheSameBits(string preset)
    {
        var snapshot = Snapshot(preset);
        var writer = new CheckpointWriter();
        snapshot.Write(writer);
        var reader = new CheckpointReader(writer.ToArray());
        var copy = ModelSnapshot.Read(reader);
        reader.End();
        var rows = TestModels.Rows(20, 5, 4);
        for (var i = 0; i < 20; i++)
        {
            var row = rows.AsSpan(i * 5, 5);
            var score = new EnergyScorer().Score(snapshot, row);
            Assert.Equal(score, new EnergyScorer().Score(copy, row));
            Assert.Equal(snapshot.Calibration.PValue(score.Score), copy.Calibration.PValue(score.Score));
        }

        var again = new CheckpointWriter();
        copy.Write(again);
        Assert.Equal(writer.ToArray(), again.ToArray());
    }

    [Fact]
    public void Score_WithHistory_IsTheSameBitsInBatchesAndAfterReading()
    {
        var (spec, rows) = (ModelSpec.Stream(5), TestModels.Rows(300, 5, 1));
        var weights = WeightInitializer.Create(new ParameterLayout(spec), 1).Weights;
        var history = FeatureScaler.Of(TestModels.Rows(2000, 5, 8), 2000, 5);
        ModelSnapshot Publish(ModelSnapshot? anchor, FeatureScaler? summary) => SnapshotPublisher.Publish(
            new ParameterLayout(spec), weights, rows, 300, 1, PublishOptions.Stream, anchor, history: summary).Snapshot!;
        var snapshot = Publish(Publish(null, history), history);
        var writer = new CheckpointWriter();
        snapshot.Write(writer);
        var copy = ModelSnapshot.Read(new CheckpointReader(writer.ToArray()));
        var (scorer, together) = (new EnergyScorer(), new EnergyScore[300]);
        scorer.Score(snapshot, rows, 300, together);
        for (var i = 0; i < 300; i++)
        {
            var row = rows.AsSpan(i * 5, 5);
            Assert.Equal(together[i], scorer.Score(snapshot, row));
            Assert.Equal(together[i], scorer.Score(copy, row));
        }

        // One feature far beyond all history, which members clip: the vote of history goes on growing.
        var (far, farther) = (rows.AsSpan(0, 5).ToArray(), rows.AsSpan(0, 5).ToArray());
        (far[2], farther[2]) = (far[2] + 1e4f, farther[2] + 1e5f);
        Assert.True(scorer.Score(snapshot, farther).Live > scorer.Score(snapshot, far).Live + 0.25);
        Assert.NotEqual(scorer.Score(Publish(null, null), far).Live, scorer.Score(Publish(null, history), far).Live);
    }

    [Fact]
    public void Publish_TooFewRowsOrBrokenWeights_GivesAReason()
    {
        Assert.Null(TestModels.Publish(ModelSpec.Lite(5), PublishOptions.Lite, count: 1).Snapshot);
        var layout = new ParameterLayout(ModelSpec.Lite(5));
        var weights = new float[layout.Length];
        Array.Fill(weights, float.NaN);
        var result = SnapshotPublisher.Publish(layout, weights, TestModels.Rows(50, 5, 1), 50, 1, PublishOptions.Lite);
        Assert.Null(result.Snapshot);
        Assert.Contains("not finite", result.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_Twice_IsTheSameBits()
    {
        var (one, two) = (new CheckpointWriter(), new CheckpointWriter());
        Snapshot("stream").Write(one);
        Snapshot("stream").Write(two);
        Assert.Equal(one.ToArray(), two.ToArray());
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("lite")]
    [InlineData("paper")]
    [InlineData("wide")]
    [InlineData("many")]
    public void Score_Batches_HaveTheBitsOfEveryEventAlone(string preset)
    {
        var snapshot = Snapshot(preset);
        var features = snapshot.Layout.Spec.Features;
        var rows = TestModels.Rows(200, features, 6);
        // Far outliers among them.
        for (var i = 0; i < features; i++) rows[(17 * features) + i] *= 1e6f;
        rows[(63 * features) + 1] = 1e30f;
        rows[(64 * features) + 2] = -float.MaxValue;
        var scorer = new EnergyScorer();
        foreach (var count in new[] { 0, 1, 7, 8, 16, 17, 33, 48, 63, 64, 65, 100, 200 })
        {
            var scores = new EnergyScore[count];
            scorer.Score(snapshot, rows, count, scores);
            for (var i = 0; i < count; i++) Assert.Equal(scorer.Score(snapshot, rows.AsSpan(i * features, features)), scores[i]);
        }
    }

    [Fact]
    public void Score_SecondBatchOfASnapshot_AllocatesNothing()
    {
        var (snapshot, scorer, scores) = (Snapshot("stream"), new EnergyScorer(), new EnergyScore[100]);
        var rows = TestModels.Rows(100, 5, 3);
        scorer.Score(snapshot, rows, 100, scores);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) scorer.Score(snapshot, rows, 100, scores);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ModelSnapshot Snapshot(string preset)
    {
        var result = preset switch
        {
            "paper" => TestModels.Publish(ModelSpec.Paper(5), PublishOptions.Paper),
            "wide" => TestModels.Publish(ModelSpec.Stream(38), PublishOptions.Stream),
            "many" => TestModels.Publish(
                ModelSpec.Stream(4) with { Components = 11, EncoderHidden = [70, 20] }, PublishOptions.Lite),
            "lite" => TestModels.Publish(ModelSpec.Lite(5), PublishOptions.Lite),
            _ => TestModels.Publish(
                ModelSpec.Stream(5), PublishOptions.Stream,
                TestModels.Publish(ModelSpec.Stream(5), PublishOptions.Stream, seed: 2).Snapshot),
        };
        Assert.Null(result.FailureReason);
        return result.Snapshot!;
    }
}
