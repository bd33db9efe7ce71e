using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Modeling.Tests.Statistics;

public class QuantileDigestTests
{
    [Fact]
    public void Merge_AnyDigests_IsCommutativeWithEmptyAsIdentityBitForBit() =>
        Prop.ForAll<NormalFloat[], NormalFloat[]>((first, second) =>
        {
            var (a, b) = (Of(first), Of(second));
            AssertEqual(QuantileDigest.Merge(a, b), QuantileDigest.Merge(b, a));
            AssertEqual(a, QuantileDigest.Merge(a, QuantileDigest.Empty));
            AssertEqual(a, QuantileDigest.Merge(QuantileDigest.Empty, a));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merge_AnyDigests_KeepsCountAndOrder() => Prop.ForAll<NormalFloat[], NormalFloat[]>((first, second) =>
    {
        var merged = QuantileDigest.Merge(Of(first), Of(second));
        Assert.Equal(first.Length + second.Length, merged.Count);
        for (var i = 1; i < merged.Means.Length; i++) Assert.True(merged.Means[i - 1] <= merged.Means[i]);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(200)]
    public void CountAbove_HoweverMerged_IsWithinTheStatedShareOfItself(int parts)
    {
        const int count = 64_000;
        var values = Values(count, 3);
        var (size, left, right) = (count / parts, QuantileDigest.Empty, QuantileDigest.Empty);
        for (var part = 0; part < parts; part++)
        {
            var own = QuantileDigest.Of(values.AsSpan(part * size, size));
            left = QuantileDigest.Merge(left, own);
            right = QuantileDigest.Merge(QuantileDigest.Of(values.AsSpan((parts - 1 - part) * size, size)), right);
        }

        Array.Sort(values);
        foreach (var digest in new[] { left, right })
        {
            for (var rank = 0; rank < count; rank += 7)
            {
                var above = count - rank - 0.5;
                Assert.Equal(above, digest.CountAbove(values[rank]), (above * 0.02) + 0.5);
            }

            Assert.InRange(digest.Means.Length, 1, 400);
        }
    }

    [Fact]
    public void CountAbove_FewValues_IsExact()
    {
        var digest = Of([4, 1, 3, 3, 2]);
        Assert.Equal(
            [5, 4.5, 4, 3.5, 2, 0.5, 0], new[] { 0.5, 1, 1.5, 2, 3, 4, 5 }.Select(digest.CountAbove).ToArray());
    }

    [Fact]
    public void ValueBelow_AnyCount_InvertsCountAbove()
    {
        var digest = QuantileDigest.Of(Values(5000, 4));
        for (var count = 0.0; count < 4900; count += 3.3)
            Assert.Equal(count, digest.CountAbove(digest.ValueBelow(count)), count < 0.5 ? 0.5 : 1e-6);
        Assert.Equal(double.NegativeInfinity, digest.ValueBelow(5000));
    }

    [Fact]
    public void CountAbove_AnyValues_NeverGrows() => Prop.ForAll<NormalFloat[], NormalFloat, NormalFloat>((values, a, b) =>
        Of(values).CountAbove(Math.Min(a.Item, b.Item)) >= Of(values).CountAbove(Math.Max(a.Item, b.Item))).QuickCheckThrowOnFailure();

    [Fact]
    public void Read_Written_IsEqualBitForBit()
    {
        var (digest, writer) = (QuantileDigest.Of(Values(3000, 5)), new CheckpointWriter());
        digest.Write(writer);
        var reader = new CheckpointReader(writer.ToArray());
        AssertEqual(digest, QuantileDigest.Read(reader));
        reader.End();
    }

    [Theory]
    [InlineData(new[] { 2.0, 1.0 }, new[] { 1.0, 1.0 })]
    [InlineData(new[] { double.NaN }, new[] { 1.0 })]
    [InlineData(new[] { 1.0 }, new[] { 0.5 })]
    [InlineData(new[] { 1.0 }, new[] { double.PositiveInfinity })]
    [InlineData(new[] { 1.0 }, new[] { 1.0, 1.0 })]
    public void Read_ImpossibleValues_Throws(double[] means, double[] weights)
    {
        var writer = new CheckpointWriter();
        writer.Write(means.AsSpan());
        writer.Write(weights.AsSpan());
        Assert.Throws<CheckpointException>(() => QuantileDigest.Read(new CheckpointReader(writer.ToArray())));
    }

    private static QuantileDigest Of(NormalFloat[] values) => QuantileDigest.Of(Array.ConvertAll(values, value => value.Item));

    private static QuantileDigest Of(double[] values) => QuantileDigest.Of(values);

    private static double[] Values(int count, ulong seed)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling, 0);
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = Math.Exp(2 * random.NextGaussian());
        return values;
    }

    private static void AssertEqual(QuantileDigest expected, QuantileDigest actual)
    {
        Assert.Equal(expected.Means.ToArray(), actual.Means.ToArray());
        Assert.Equal(expected.Weights.ToArray(), actual.Weights.ToArray());
    }
}
