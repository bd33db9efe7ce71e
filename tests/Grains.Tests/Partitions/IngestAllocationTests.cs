using DagmmStream.Grains.Tests.Hosting;
using DagmmStream.Grains.Training;
using Microsoft.Extensions.DependencyInjection;

namespace DagmmStream.Grains.Tests.Partitions;

/// <summary>Runs alone: what the process allocates is counted.</summary>
[Collection(AllocationCollection.Name)]
public sealed class IngestAllocationTests : IDisposable
{
    private const int Batches = 100;
    private const int Small = 64;
    private const int Large = EventBatch.MaxEvents;

    // Feature vector and time of an event as they arrive.
    private const int EventBytes = (TestEvents.Features * sizeof(float)) + sizeof(long);
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(Durability.InMemory)]
    [InlineData(Durability.Journaled)]
    public async Task Push_FromClientToReply_AllocatesPerEventOnlyTheBatchAndItsScores(Durability durability)
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path, options => options.TrainingSlots = 1);
        await silo.Catalog().CreateAsync(
            TestEvents.Definition("s", durability) with { TrainingQueueCapacity = 2 * Batches * Large, AlarmRate = 1e-6 }, Token);
        var next = 0L;
        await MeasureAsync(silo, Large);
        var (small, large) = (long.MaxValue, long.MaxValue);
        for (var round = 0; round < 4; round++)
        {
            small = Math.Min(small, await MeasureAsync(silo, Small));
            large = Math.Min(large, await MeasureAsync(silo, Large));
        }

        // The least of the rounds: timers and probes of the silo allocate too.
        var perEvent = (large - small) / (double)(Batches * (Large - Small));

        // As it arrives, its scores, and the client's copy of them; less than the smallest object (24 bytes) beside.
        const int Expected = EventBytes + (2 * ScoreBlock.RowBytes);
        Assert.InRange(perEvent, 0, Expected + 20);

        // Learning is work of the training threads; it is held while the batches go in.
        async Task<long> MeasureAsync(SiloFixture silo, int size)
        {
            var batches = Enumerable.Range(0, Batches).Select(i => TestEvents.Batch(next + (i * size), size)).ToArray();
            next += Batches * size;
            using var hold = new ManualResetEventSlim();
            var held = silo.Services.GetRequiredService<TrainingExecutor>().RunAsync(() => hold.Wait(Timeout.Infinite, Token), Token);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            foreach (var batch in batches)
                Assert.Equal(PushOutcome.Accepted, (await silo.Partition("s").PushAsync(batch, Token)).Outcome);
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            hold.Set();
            await held;
            await silo.Partition("s").CheckpointAsync(Token);
            return allocated;
        }
    }
}
