using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Modeling.Tests.Statistics;

public class MixtureStatisticsTests
{
    private const int Components = 3;
    private const int Dimension = 4;

    [Fact]
    public void Merge_AnyShards_EqualsOnePass() => Prop.ForAll<PositiveInt, PositiveInt>((shards, seed) =>
    {
        var count = 1 + (shards.Item % 9);
        var (z, memberships) = Data(120, (ulong)seed.Item);
        var merged = MixtureStatistics.Identity(Components, Dimension);
        for (var s = 0; s < count; s++)
        {
            var (from, to) = (120 * s / count, 120 * (s + 1) / count);
            merged = MixtureStatistics.Merge(merged, Part(z, memberships, from, to));
        }

        AssertClose(Part(z, memberships, 0, 120), merged);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merge_AnyThree_IsAssociativeAndCommutative() => Prop.ForAll<PositiveInt>(seed =>
    {
        var (z, memberships) = Data(60, (ulong)seed.Item);
        var (a, b, c) = (Part(z, memberships, 0, 7), Part(z, memberships, 7, 40), Part(z, memberships, 40, 60));
        AssertClose(
            MixtureStatistics.Merge(MixtureStatistics.Merge(a, b), c), MixtureStatistics.Merge(a, MixtureStatistics.Merge(b, c)));
        AssertClose(MixtureStatistics.Merge(a, b), MixtureStatistics.Merge(b, a));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merge_Identity_IsExact()
    {
        var (z, memberships) = Data(30, 1);
        var (some, none) = (Part(z, memberships, 0, 30), MixtureStatistics.Identity(Components, Dimension));
        Assert.Equal(Bytes(some), Bytes(MixtureStatistics.Merge(some, none)));
        Assert.Equal(Bytes(some), Bytes(MixtureStatistics.Merge(none, some)));
        Assert.Equal(0, MixtureStatistics.Merge(none, none).Rows);
        Assert.Throws<ArgumentException>(() => MixtureStatistics.Merge(some, MixtureStatistics.Identity(Components, Dimension + 1)));
    }

    [Fact]
    public void Of_MembershipsThatUnderflow_KeepExactMeanAndCovariance()
    {
        var (z, memberships) = Data(30, 1);
        var starved = memberships.Select((value, i) => i % Components == 1 ? value - 2000 : value).ToArray();
        var (usual, tiny) = (Part(z, memberships, 0, 30), Part(z, starved, 0, 30));
        for (var i = 0; i < usual.Means.Length; i++) Assert.Equal(usual.Means[i], tiny.Means[i], 1e-9);
        for (var i = 0; i < usual.Covariances.Length; i++) Assert.Equal(usual.Covariances[i], tiny.Covariances[i], 1e-9);
        Assert.Equal(usual.LogWeights[1] - 2000, tiny.LogWeights[1], 1e-9);
    }

    [Fact]
    public void Of_RowLeftOut_CountsAsAbsent()
    {
        var (z, memberships) = Data(30, 1);
        for (var k = 0; k < Components; k++) memberships[(29 * Components) + k] = double.NegativeInfinity;
        AssertClose(Part(z, memberships, 0, 29), Part(z, memberships, 0, 30));
        Assert.Equal(29, Part(z, memberships, 0, 30).Rows);
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSameBits()
    {
        var (z, memberships) = Data(30, 5);
        var bytes = Bytes(Part(z, memberships, 0, 30));
        var reader = new CheckpointReader(bytes);
        Assert.Equal(bytes, Bytes(MixtureStatistics.Read(reader)));
        reader.End();
    }

    private static (double[] Z, double[] LogMemberships) Data(int rows, ulong seed)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling, 0);
        var (z, memberships) = (new double[rows * Dimension], new double[rows * Components]);
        // Mean 100 and deviation 1: sums of squares would lose digits.
        for (var i = 0; i < z.Length; i++) z[i] = 100 + random.NextGaussian();
        for (var i = 0; i < rows; i++)
        {
            var total = 0.0;
            for (var k = 0; k < Components; k++) total += memberships[(i * Components) + k] = 0.01 + random.NextDouble();
            for (var k = 0; k < Components; k++) memberships[(i * Components) + k] = Math.Log(memberships[(i * Components) + k] / total);
        }

        return (z, memberships);
    }

    private static MixtureStatistics Part(double[] z, double[] memberships, int from, int to) => MixtureStatistics.Of(
        z.AsSpan(from * Dimension, (to - from) * Dimension), memberships.AsSpan(from * Components, (to - from) * Components), to - from,
        Components, Dimension);

    private static byte[] Bytes(MixtureStatistics statistics)
    {
        var writer = new CheckpointWriter();
        statistics.Write(writer);
        return writer.ToArray();
    }

    private static void AssertClose(MixtureStatistics expected, MixtureStatistics got)
    {
        Assert.Equal(expected.Rows, got.Rows);
        Near(expected.LogWeights, got.LogWeights);
        Near(expected.Means, got.Means);
        Near(expected.Covariances, got.Covariances);
    }

    private static void Near(ReadOnlySpan<double> expected, ReadOnlySpan<double> got)
    {
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], got[i], 1e-10 * Math.Max(1, Math.Abs(expected[i])));
    }
}
