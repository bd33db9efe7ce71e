using DagmmStream.Storage.PostgreSql;
using DagmmStream.Storage.Sqlite;

namespace DagmmStream.Silo.Hosting;

/// <summary>Registers the store that Store:Kind names.</summary>
internal static class StoreExtensions
{
    public static void AddDagmmStreamStore(this IServiceCollection services, StoreKind kind, IConfiguration configuration)
    {
        if (kind == StoreKind.PostgreSql)
            services.AddDagmmStreamPostgreSqlStore(
                store => configuration.GetSection(PostgreSqlStoreOptions.SectionName).Bind(store));
        else
            services.AddDagmmStreamSqliteStore(store => configuration.GetSection(SqliteStoreOptions.SectionName).Bind(store));
    }

    public static void AddDagmmStreamCheckpoints(this ISiloBuilder silo, StoreKind kind)
    {
        if (kind == StoreKind.PostgreSql) silo.AddDagmmStreamPostgreSqlCheckpoints();
        else silo.AddDagmmStreamSqliteCheckpoints();
    }
}
