using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Modeling.Tests.Randomness;

public class CounterRandomTests
{
    // Known answers of Random123's philox4x32 with ten rounds (Salmon et al., SC 2011).
    [Fact]
    public void Block_KnownAnswers_AreReproduced()
    {
        const uint Ones = uint.MaxValue;
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox.Block(0, 0, 0, 0, 0, 0));
        Assert.Equal((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu), Philox.Block(Ones, Ones, Ones, Ones, Ones, Ones));
        Assert.Equal(
            (0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
            Philox.Block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    [Fact]
    public void NextUInt32_ZeroKey_IsBlocksInOrder()
    {
        var random = new CounterRandom(0, 0u, 0);
        uint[] words = [random.NextUInt32(), random.NextUInt32(), random.NextUInt32(), random.NextUInt32(), random.NextUInt32()];
        Assert.Equal([0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u, Philox.Block(1, 0, 0, 0, 0, 0).W0], words);
    }

    [Fact]
    public void NextInt32_SmallBound_IsUniform()
    {
        var random = new CounterRandom(7, RandomPurpose.Sampling, 3);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++) counts[random.NextInt32(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void NextGaussian_ManyNumbers_HasStandardMoments()
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling, 1);
        var (sum, squares, fourth) = (0.0, 0.0, 0.0);
        const int N = 100_000;
        for (var i = 0; i < N; i++)
        {
            var g = random.NextGaussian();
            sum += g;
            squares += g * g;
            fourth += g * g * g * g;
        }

        Assert.InRange(sum / N, -0.015, 0.015);
        Assert.InRange(squares / N, 0.98, 1.02);
        Assert.InRange(fourth / N, 2.85, 3.15);
    }

    [Fact]
    public void NextDouble_AnyKey_IsInUnitInterval()
    {
        for (ulong index = 0; index < 1000; index++)
        {
            var random = new CounterRandom(ulong.MaxValue, RandomPurpose.Skip, index);
            Assert.InRange(random.NextDouble(), 0, 1 - double.Epsilon);
            Assert.InRange(random.NextSingle(), 0f, 0.99999994f);
        }
    }

    [Fact]
    public void Fill_SameKey_SameMaskAndOtherKeysDiffer()
    {
        var mask = new float[10_000];
        var again = new float[10_000];
        DropoutMask.Fill(5, 17, 2, 0.5, mask);
        DropoutMask.Fill(5, 17, 2, 0.5, again);
        Assert.Equal(mask, again);
        Assert.InRange(mask.Sum(), 4_800, 5_200);
        Assert.All(mask, value => Assert.True(value is 0 or 1));
        DropoutMask.Fill(5, 17, 3, 0.5, again);
        Assert.NotEqual(mask, again);
        DropoutMask.Fill(5, 18, 2, 0.5, again);
        Assert.NotEqual(mask, again);
        DropoutMask.Fill(5, 18, 2, 1, again);
        Assert.All(again, value => Assert.Equal(1, value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(200)]
    public void DropoutMask_AnyLength_FollowsTheWordsOneByOne(int length)
    {
        var mask = new float[length];
        DropoutMask.Fill(7, 12, 2, 0.3, mask);
        var random = new CounterRandom(7, (uint)RandomPurpose.Dropout | (2u << 8), 12);
        foreach (var value in mask) Assert.Equal(random.NextUInt32() < (ulong)(0.3 * (1UL << 32)) ? 1f : 0f, value);
    }

    [Fact]
    public void Fill_AfterSingleWords_GoesOnWhereTheyEnded()
    {
        var (one, many) = (new CounterRandom(3, RandomPurpose.Batch, 5), new CounterRandom(3, RandomPurpose.Batch, 5));
        for (var i = 0; i < 3; i++) Assert.Equal(one.NextUInt32(), many.NextUInt32());
        var words = new uint[75];
        many.Fill(words);
        foreach (var word in words) Assert.Equal(one.NextUInt32(), word);
        Assert.Equal(one.NextUInt32(), many.NextUInt32());
    }
}
