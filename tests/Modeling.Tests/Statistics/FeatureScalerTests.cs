using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Tests.Scoring;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Modeling.Tests.Statistics;

public class FeatureScalerTests
{
    [Fact]
    public void Merge_AnySplit_EqualsOnePass() => Prop.ForAll<PositiveInt, PositiveInt>((cut, seed) =>
    {
        var rows = TestModels.Rows(60, 3, (ulong)seed.Item);
        var at = cut.Item % 61;
        var (whole, one) = (FeatureScaler.Of(rows, 60, 3), FeatureScaler.Of(rows, at, 3));
        var two = FeatureScaler.Of(rows.AsSpan(at * 3), 60 - at, 3);
        foreach (var merged in new[] { FeatureScaler.Merge(one, two), FeatureScaler.Merge(two, one),
            one.Add(rows.AsSpan(at * 3), 60 - at) })
        {
            Assert.Equal(60, merged.Count);
            for (var j = 0; j < 3; j++)
            {
                Assert.Equal(whole.Mean[j], merged.Mean[j], 1e-10);
                Assert.Equal(whole.SquaredDeviations[j], merged.SquaredDeviations[j], 1e-9);
                Assert.Equal((whole.Minimum[j], whole.Maximum[j]), (merged.Minimum[j], merged.Maximum[j]));
            }
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merge_Identity_IsTheOther()
    {
        var scaler = FeatureScaler.Of([1, 2, 3], 3, 1);
        Assert.Same(scaler, FeatureScaler.Merge(scaler, FeatureScaler.Identity(1)));
        Assert.Same(scaler, FeatureScaler.Merge(FeatureScaler.Identity(1), scaler));
        Assert.Throws<ArgumentException>(() => FeatureScaler.Merge(scaler, FeatureScaler.Identity(1, ScalerKind.MinMax)));
    }

    [Fact]
    public void Transform_ConstantFeature_IsDividedByItsMeanOrOne()
    {
        var scaler = FeatureScaler.Of([5, 0, 5, 0, 5, 0], 3, 2);
        Assert.Equal([5.0, 1.0], scaler.Width.ToArray());
        var scaled = new float[2];
        scaler.Transform([10, 2], scaled);
        Assert.Equal([1f, 2f], scaled);
        Assert.Equal(10, scaler.Inverse(0, scaled[0]));
    }

    [Fact]
    public void Transform_MinMax_MapsTheRangeToUnit()
    {
        var scaler = FeatureScaler.Of([2, 4, 6], 3, 1, ScalerKind.MinMax);
        var scaled = new float[1];
        foreach (var (raw, expected) in new[] { (2f, 0f), (4f, 0.5f), (6f, 1f), (8f, 1.5f) })
        {
            scaler.Transform([raw], scaled);
            Assert.Equal(expected, scaled[0]);
        }
    }

    [Fact]
    public void Transform_ExtremeValues_StayFinite()
    {
        var scaler = FeatureScaler.Of([1e-30f, 2e-30f, float.MaxValue, -float.MaxValue], 2, 2);
        var scaled = new float[2];
        scaler.Transform([float.MaxValue, -float.MaxValue], scaled);
        Assert.All(scaled, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSameBits()
    {
        foreach (var scaler in new[] { FeatureScaler.Of(TestModels.Rows(20, 3, 1), 20, 3), FeatureScaler.Identity(3, ScalerKind.MinMax) })
        {
            var (writer, again) = (new CheckpointWriter(), new CheckpointWriter());
            scaler.Write(writer);
            FeatureScaler.Read(new CheckpointReader(writer.ToArray())).Write(again);
            Assert.Equal(writer.ToArray(), again.ToArray());
        }
    }
}
