using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Scores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.TestingHost;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

public abstract class GrainStorageSuite : StoreSuite
{
    private const string StateName = "checkpoint";
    private const int StateBytes = 1 << 20;
    private const int Checkpoints = 50;
    private const int CheckpointBytes = 1 << 14;
    private const int Events = 64;
    private const int InFlight = 128;

    [Fact]
    public async Task GrainStorage_WriteReadClearAndStaleETag_KeepsTheContract()
    {
        await using var cluster = await DeployAsync();
        var services = cluster.Silos[0].ServiceProvider;
        var storage = services.GetRequiredKeyedService<IGrainStorage>(CheckpointStorage.Name);
        var id = GrainId.Create("partition", "s/0");
        var payload = new byte[StateBytes];
        for (var i = 0; i < payload.Length; i++) payload[i] = (byte)(i * 31);

        var first = new GrainState<TestState> { State = new() { Bytes = payload } };
        await storage.WriteStateAsync(StateName, id, first);
        var rival = new GrainState<TestState> { State = new() { Bytes = [1] } };
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(StateName, id, rival));
        var stale = new GrainState<TestState> { State = new() };
        await storage.ReadStateAsync(StateName, id, stale);
        Assert.Equal(payload, stale.State.Bytes);
        first.State = new() { Bytes = [1, 2] };
        await storage.WriteStateAsync(StateName, id, first);

        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(StateName, id, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync(StateName, id, stale));
        var current = new GrainState<TestState> { State = new() };
        await storage.ReadStateAsync(StateName, id, current);
        Assert.Equal([1, 2], current.State.Bytes);
        await storage.ClearStateAsync(StateName, id, current);
        var cleared = new GrainState<TestState> { State = new() };
        await storage.ReadStateAsync(StateName, id, cleared);
        Assert.False(cleared.RecordExists);
        current.State = new() { Bytes = [7] };
        await storage.WriteStateAsync(StateName, id, current);
        await storage.ReadStateAsync(StateName, id, cleared);
        Assert.Equal([7], cleared.State.Bytes);
    }

    [Fact]
    public async Task WriteStateAsync_WhileAppendsNeverPause_AllCheckpointsAndEventsStored()
    {
        await using var cluster = await DeployAsync();
        var services = cluster.Silos[0].ServiceProvider;
        var storage = services.GetRequiredKeyedService<IGrainStorage>(CheckpointStorage.Name);
        var journal = services.GetRequiredService<IJournal>();
        var handle = await journal.OpenAsync(new PartitionId("s", 0), Token);
        using var checkpointed = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var saturated = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ingest = Task.Run(() => SaturateAsync(journal, handle, saturated, checkpointed.Token), Token);
        // When ingest fails before it saturates, its error is what the test is to show.
        await await Task.WhenAny(saturated.Task, ingest);

        var id = GrainId.Create("partition", "s/0");
        var state = new GrainState<TestState>();
        for (var i = 0; i < Checkpoints; i++)
        {
            state.State = new() { Bytes = [(byte)i, .. new byte[CheckpointBytes]] };
            await storage.WriteStateAsync(StateName, id, state);
            Assert.False(ingest.IsCompleted);
        }

        await checkpointed.CancelAsync();
        var events = await ingest;
        var read = new GrainState<TestState>();
        await storage.ReadStateAsync(StateName, id, read);
        Assert.Equal(Checkpoints - 1, read.State!.Bytes[0]);
        Assert.Equal((0, events), await services.GetRequiredService<IScoreHistory>().GetRangeAsync(handle.Partition, Token));
    }

    // Keeps the writer's queue filled until it is told to stop; returns the number of events that were stored.
    private static async Task<long> SaturateAsync(
        IJournal journal, PartitionHandle handle, TaskCompletionSource saturated, CancellationToken stop)
    {
        var offset = 0L;
        var pending = new Queue<Task>();
        while (!stop.IsCancellationRequested)
        {
            pending.Enqueue(journal.AppendAsync(Batch(handle, offset, Events)));
            offset += Events;
            if (pending.Count < InFlight) continue;
            saturated.TrySetResult();
            await pending.Dequeue();
        }

        await Task.WhenAll(pending);
        return offset;
    }

    private async Task<InProcessTestCluster> DeployAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSiloHost((_, host) => Dialect.AddStore(host.Services));
        builder.ConfigureSilo((_, silo) => Dialect.AddCheckpoints(silo));
        var cluster = builder.Build();
        await cluster.DeployAsync(Token);
        return cluster;
    }
}
