using DagmmStream.Storage.Writing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Serialization;
using Orleans.Storage;

namespace DagmmStream.Storage.Sqlite;

/// <summary>Registers the embedded store.</summary>
public static class SqliteStorageExtensions
{
    // The name by which the provider (Orleans 10.4.2) knows SQLite; behind it it loads Microsoft.Data.Sqlite.
    private const string Invariant = "System.Data.SQLite";

    /// <summary>Adds journal, score history and catalog on SQLite, opened by a hosted service: call it before Orleans is added.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options; null when they are bound elsewhere.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddDagmmStreamSqliteStore(
        this IServiceCollection services, Action<SqliteStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<SqliteStoreOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SqliteStoreOptions>, SqliteStoreOptionsValidator>());
        services.TryAddSingleton<SqliteStore>();
        services.TryAddSingleton<IRelationalStore>(provider => provider.GetRequiredService<SqliteStore>());
        return services.AddDagmmStreamStoreParts();
    }

    /// <summary>Adds the grain storage <see cref="CheckpointStorage.Name"/> on the same file, by Orleans' ADO.NET provider.</summary>
    /// <param name="builder">The silo.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddDagmmStreamSqliteCheckpoints(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddAdoNetGrainStorage(CheckpointStorage.Name, (OptionsBuilder<AdoNetGrainStorageOptions> options) =>
            options.Configure<SqliteStore, Serializer>((storage, store, serializer) =>
            {
                storage.Invariant = Invariant;
                storage.DataSource = store.CheckpointSource;
                // A byte[] stays a byte[]: JSON would triple it.
                storage.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
            }));
    }
}
