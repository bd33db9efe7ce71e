using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Modeling.Tests.Rounds;

public class WeightAverageTests
{
    private static readonly ParameterLayout Layout = new(ModelSpec.Lite(3));

    [Fact]
    public void Merge_States_IsTheMeanByTheirSamples()
    {
        var average = WeightAverage.Merge(WeightAverage.Of(State(2, 10), 30), WeightAverage.Of(State(6, 30), 10));
        var merged = average.ToState(Layout, 9);
        Assert.Equal(40, average.Samples);
        Assert.All(merged.Weights, value => Assert.Equal(3f, value));
        Assert.All(merged.FirstMoment, value => Assert.Equal(6f, value));
        Assert.All(merged.SecondMoment, value => Assert.Equal(12f, value));
        Assert.Equal((15, 15, 9UL), (merged.Updates, merged.Step, merged.Seed));
    }

    [Fact]
    public void Merge_StateWithoutSamples_CountsForNothing()
    {
        var (some, none) = (WeightAverage.Of(State(2, 10), 5), WeightAverage.Of(State(7, 3), 0));
        Assert.Equal(Bytes(some), Bytes(WeightAverage.Merge(some, none)));
        Assert.Equal(Bytes(some), Bytes(WeightAverage.Merge(none, some)));
        Assert.Equal(Bytes(none), Bytes(WeightAverage.Merge(none, WeightAverage.Of(State(1, 1), 0))));
        Assert.Throws<ArgumentException>(() => WeightAverage.Merge(some, WeightAverage.Of(State(1, 1, features: 4), 1)));
    }

    [Fact]
    public void Merge_AnyThree_IsAssociative() => Prop.ForAll<NonNegativeInt, NonNegativeInt, NonNegativeInt>((x, y, z) =>
    {
        var (a, b) = (WeightAverage.Of(State(1.5f, 4), x.Item), WeightAverage.Of(State(-3, 9), y.Item));
        var c = WeightAverage.Of(State(8, 2), z.Item);
        var left = WeightAverage.Merge(WeightAverage.Merge(a, b), c).ToState(Layout, 0);
        var right = WeightAverage.Merge(a, WeightAverage.Merge(b, c)).ToState(Layout, 0);
        for (var i = 0; i < left.Weights.Length; i++) Assert.Equal(left.Weights[i], right.Weights[i], 1e-6f);
        Assert.InRange(left.Updates - right.Updates, -1, 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Read_WhatWasWritten_IsTheSameBits()
    {
        var bytes = Bytes(WeightAverage.Merge(WeightAverage.Of(State(2, 10), 3), WeightAverage.Of(State(5, 7), 4)));
        Assert.Equal(bytes, Bytes(WeightAverage.Read(new CheckpointReader(bytes))));
    }

    private static TrainingState State(float value, long updates, int features = 3)
    {
        var layout = new ParameterLayout(ModelSpec.Lite(features));
        float[] Fill(float one) => [.. Enumerable.Repeat(one, layout.Length)];
        return new TrainingState(layout, Fill(value), Fill(2 * value), Fill(4 * value), 1, updates, updates);
    }

    private static byte[] Bytes(WeightAverage average)
    {
        var writer = new CheckpointWriter();
        average.Write(writer);
        return writer.ToArray();
    }
}
