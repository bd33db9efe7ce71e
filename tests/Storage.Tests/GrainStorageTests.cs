using DagmmStream.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.TestingHost;

namespace DagmmStream.Storage.Tests;

public sealed class GrainStorageTests : StoreFixture
{
    private const string StateName = "checkpoint";
    private const int StateBytes = 1 << 20;

    [Fact]
    public async Task GrainStorage_WriteReadClearAndStaleETag_KeepsTheContract()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSiloHost((_, host) => host.Services.AddDagmmStreamSqliteStore(options => options.Path = DatabasePath));
        builder.ConfigureSilo((_, silo) => silo.AddDagmmStreamSqliteCheckpoints());
        await using var cluster = builder.Build();
        await cluster.DeployAsync(Token);
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
}
