using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Modeling.Tests.Statistics;

public class QuantileSketchTests
{
    [Fact]
    public void Merge_AnyParts_HasTheQuantilesOfTheUnion() => Prop.ForAll<NonNegativeInt, NonNegativeInt>((cut, seed) =>
    {
        var values = Values(500, (ulong)seed.Item);
        var at = cut.Item % values.Length;
        var merged = QuantileSketch.Merge(QuantileSketch.Of(values.AsSpan(0, at)), QuantileSketch.Of(values.AsSpan(at)));
        foreach (var share in (double[])[0, 0.25, 0.5, 0.98, 1]) Assert.Equal(Quantile.Of(values, share), merged.Quantile(share));
        Assert.Equal(values.Length, merged.Count);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merge_MoreThanTheCapacity_IsOffByFewRanks()
    {
        var parts = Enumerable.Range(0, 9).Select(i => Values(i == 0 ? 30_000 : 7_000, (ulong)i)).ToArray();
        var merged = parts.Select(part => QuantileSketch.Of(part)).Aggregate(QuantileSketch.Merge);
        var all = parts.SelectMany(part => part).Order().ToArray();
        Assert.Equal((all.Length, QuantileSketch.Capacity), (merged.Count, merged.Values.Length));
        foreach (var share in (double[])[0.02, 0.25, 0.5, 0.75, 0.98])
        {
            var rank = Array.BinarySearch(all, merged.Quantile(share));
            Assert.InRange((rank < 0 ? ~rank : rank) / (double)all.Length, share - 0.001, share + 0.001);
        }
    }

    [Fact]
    public void Of_NotFinite_IsSaidAndMerged()
    {
        var sketch = QuantileSketch.Of([1, double.NaN, 3]);
        Assert.False(sketch.IsFinite);
        Assert.False(QuantileSketch.Merge(QuantileSketch.Of([2.0]), sketch).IsFinite);
        Assert.True(QuantileSketch.Empty.IsFinite);
        Assert.True(double.IsNaN(QuantileSketch.Empty.Quantile(0.5)));
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSameBits()
    {
        var bytes = Bytes(QuantileSketch.Of([3, 1, 2, double.PositiveInfinity]));
        Assert.Equal(bytes, Bytes(QuantileSketch.Read(new CheckpointReader(bytes))));
    }

    private static double[] Values(int count, ulong seed)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling, 0);
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = random.NextGaussian();
        return values;
    }

    private static byte[] Bytes(QuantileSketch sketch)
    {
        var writer = new CheckpointWriter();
        sketch.Write(writer);
        return writer.ToArray();
    }
}
