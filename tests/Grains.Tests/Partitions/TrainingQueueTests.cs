using DagmmStream.Grains.Partitions;

namespace DagmmStream.Grains.Tests.Partitions;

public sealed class TrainingQueueTests
{
    [Fact]
    public void TryReserve_EveryPolicyFull_RefusesWithoutReserving()
    {
        var queue = new TrainingQueue(1024, LearningPolicy.Every);
        Assert.True(queue.TryReserve(1000));
        Assert.False(queue.TryReserve(25));
        Assert.Equal(1000, queue.Pending);
        Assert.True(queue.TryReserve(24));
    }

    [Fact]
    public void CurrentRate_EveryPolicy_IsAlwaysFull()
    {
        var queue = new TrainingQueue(1024, LearningPolicy.Every);
        queue.Reserve(1024);
        Assert.Equal(255, queue.CurrentRate());
    }

    [Theory]
    [InlineData(0, 255)]
    [InlineData(500, 255)]
    [InlineData(725, 127)]
    [InlineData(950, 0)]
    [InlineData(1500, 0)]
    public void CurrentRate_BudgetedPolicy_FallsWithTheFill(int pending, byte rate)
    {
        var queue = new TrainingQueue(1000, LearningPolicy.Budgeted);
        queue.Reserve(pending);
        Assert.InRange(queue.CurrentRate(), rate - 1, rate + 1);
    }

    [Fact]
    public void Release_AfterReserve_GivesTheRoomBack()
    {
        var queue = new TrainingQueue(1024, LearningPolicy.Every);
        Assert.True(queue.TryReserve(1024));
        queue.Release(128);
        Assert.True(queue.TryReserve(128));
        Assert.False(queue.TryReserve(1));
    }

    [Fact]
    public void Learns_AnyRate_KeepsTheShareAndDecidesTheSameAgain()
    {
        const int Events = 20_000;
        foreach (byte rate in (byte[])[0, 64, 128, 254, 255])
        {
            var learned = Enumerable.Range(0, Events).Count(offset => Sampling.Learns(7, offset, rate));
            Assert.Equal(learned, Enumerable.Range(0, Events).Count(offset => Sampling.Learns(7, offset, rate)));
            Assert.InRange(learned / (double)Events, (rate / 255.0) - 0.02, (rate / 255.0) + 0.02);
        }
    }
}
