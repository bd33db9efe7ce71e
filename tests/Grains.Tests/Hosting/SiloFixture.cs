using DagmmStream.Grains.Hosting;
using DagmmStream.Grains.Partitions;
using DagmmStream.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace DagmmStream.Grains.Tests.Hosting;

/// <summary>One silo with a store in a directory of its own; disposing it is a clean stop, <see cref="KillAsync"/> is not.</summary>
internal sealed class SiloFixture : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private SiloFixture(InProcessTestCluster cluster) => _cluster = cluster;

    public IGrainFactory Grains => _cluster.Client;

    public PartitionRegistry Registry => _cluster.Silos[0].ServiceProvider.GetRequiredService<PartitionRegistry>();

    public IServiceProvider Services => _cluster.Silos[0].ServiceProvider;

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public static async Task<SiloFixture> StartAsync(
        string directory, Action<DagmmGrainOptions>? grains = null, Action<IServiceCollection>? services = null,
        Action<IServiceCollection>? last = null)
    {
        var builder = NewBuilder();
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Services.AddDagmmStreamSqliteStore(options => options.Path = Path.Combine(directory, "dagmm.db"));
            services?.Invoke(host.Services);
        });
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddDagmmStreamSqliteCheckpoints().AddDagmmStreamGrains(grains);
            last?.Invoke(silo.Services);
        });
        return await StartAsync(builder);
    }

    /// <summary>Two silos that share a store, as only the silos of one process can share an embedded one.</summary>
    public static async Task<SiloFixture> StartTwoAsync(SqliteStore store)
    {
        var builder = NewBuilder(silos: 2);
        builder.ConfigureSiloHost((_, host) => host.Services.AddSingleton(store).AddDagmmStreamSqliteStore());
        builder.ConfigureSilo((_, silo) => silo.AddDagmmStreamSqliteCheckpoints().AddDagmmStreamGrains());
        return await StartAsync(builder);
    }

    public static PartitionRegistry RegistryOf(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<PartitionRegistry>();

    public ICatalogGrain Catalog() => Grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);

    public IPartitionGrain Partition(string stream, int partition = 0) =>
        Grains.GetGrain<IPartitionGrain>(new PartitionId(stream, partition).ToString());

    public IRoundGrain Rounds(string stream) => Grains.GetGrain<IRoundGrain>(stream);

    public async Task KillAsync()
    {
        await _cluster.KillSiloAsync(_cluster.Silos[0]);
        await _cluster.DisposeAsync();
    }

    // Grain storage keys states by service: a silo that is started again must be of the same one.
    private static InProcessTestClusterBuilder NewBuilder(short silos = 1)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ServiceId = builder.Options.ClusterId = "dagmm-test";
        return builder;
    }

    private static async Task<SiloFixture> StartAsync(InProcessTestClusterBuilder builder)
    {
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new SiloFixture(cluster);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }
}
