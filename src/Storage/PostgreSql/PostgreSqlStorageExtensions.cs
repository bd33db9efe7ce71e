using DagmmStream.Storage.Writing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Serialization;
using Orleans.Storage;

namespace DagmmStream.Storage.PostgreSql;

/// <summary>Registers the store that a cluster shares.</summary>
public static class PostgreSqlStorageExtensions
{
    // The name by which the providers (Orleans 10.4.2) know PostgreSQL.
    private const string Invariant = "Npgsql";

    // The provider as it is, behind the storage that grains use.
    private const string Provider = CheckpointStorage.Name + "-adonet";

    /// <summary>Adds journal, score history and catalog on PostgreSQL, opened by a hosted service: call it before Orleans is
    /// added.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options; null when they are bound elsewhere.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddDagmmStreamPostgreSqlStore(
        this IServiceCollection services, Action<PostgreSqlStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<PostgreSqlStoreOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PostgreSqlStoreOptions>, PostgreSqlStoreOptionsValidator>());
        services.TryAddSingleton<PostgreSqlStore>();
        services.TryAddSingleton<IRelationalStore>(provider => provider.GetRequiredService<PostgreSqlStore>());
        return services.AddDagmmStreamStoreParts();
    }

    /// <summary>Adds the grain storage <see cref="CheckpointStorage.Name"/> in the same database, by Orleans' ADO.NET provider.</summary>
    /// <param name="builder">The silo.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddDagmmStreamPostgreSqlCheckpoints(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        // Errors of the store keep their cause on the way to a caller, who may know the driver or see its text only.
        builder.Services.Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add(Invariant));
        builder.AddAdoNetGrainStorage(Provider, (OptionsBuilder<AdoNetGrainStorageOptions> options) =>
            options.Configure<PostgreSqlStore, Serializer>((storage, store, serializer) =>
            {
                storage.Invariant = Invariant;
                storage.DataSource = store.Checkpoints;
                // A byte[] stays a byte[]: JSON would triple it.
                storage.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
            }));
        builder.Services.AddKeyedSingleton<IGrainStorage>(
            CheckpointStorage.Name,
            (services, _) => new PostgreSqlGrainStorage(
                services.GetRequiredKeyedService<IGrainStorage>(Provider), services.GetRequiredService<PostgreSqlStore>()));
        return builder;
    }

    /// <summary>Adds membership and reminders in the same database, by Orleans' ADO.NET providers.</summary>
    /// <param name="builder">The silo.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder UseDagmmStreamPostgreSqlClustering(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseAdoNetClustering((OptionsBuilder<AdoNetClusteringSiloOptions> options) =>
            options.Configure<PostgreSqlStore>((clustering, store) =>
            {
                clustering.Invariant = Invariant;
                clustering.DataSource = store.Membership;
            }));
        return builder.UseAdoNetReminderService((OptionsBuilder<AdoNetReminderTableOptions> options) =>
            options.Configure<PostgreSqlStore>((reminders, store) =>
            {
                reminders.Invariant = Invariant;
                reminders.DataSource = store.Membership;
            }));
    }
}
