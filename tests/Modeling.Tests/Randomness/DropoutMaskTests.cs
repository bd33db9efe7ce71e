using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Modeling.Tests.Randomness;

public sealed class DropoutMaskTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(1003)]
    public void Fill_AnyLength_DrawsTheWordsOfCounterRandom(int length)
    {
        const ulong Seed = 0xFEDC_BA98_7654_3210;
        const long Step = 5_000_000_123;
        var random = new CounterRandom(Seed, (uint)RandomPurpose.Dropout | (3u << 8), (ulong)Step);
        var mask = new float[length];
        DropoutMask.Fill(Seed, Step, 3, 0.3, mask);
        foreach (var value in mask) Assert.Equal(random.NextUInt32() < (ulong)(0.3 * (1UL << 32)) ? 1f : 0f, value);
    }

    [Fact]
    public void Fill_KeepOne_KeepsAll()
    {
        var mask = new float[100];
        DropoutMask.Fill(1, 2, 0, 1, mask);
        Assert.All(mask, value => Assert.Equal(1f, value));
    }
}
