using DagmmStream.Storage.PostgreSql.Migrations;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Initialization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DagmmStream.Storage.PostgreSql;

/// <summary>Brings the schema to this version. Silos may start at once: an advisory lock lets one of them do it.</summary>
internal static class PostgreSqlSchema
{
    /// <summary>Version of the newest migration.</summary>
    public const long Version = 7;

    // "DAGMM" in ASCII: advisory locks of a database share one space of numbers.
    private const long LockKey = 0x44_41_47_4D_4D;
    private const string Queries = "orleans_queries.sql";

    public static void Migrate(NpgsqlDataSource source, string connectionString, string location)
    {
        using var connection = source.OpenConnection();
        using (var take = connection.Command("SELECT pg_advisory_lock($1)", LockKey)) take.ExecuteNonQuery();
        try
        {
            var stored = StoredVersion(connection);
            if (stored > Version)
                throw new DagmmStreamException(
                    ErrorCode.StoreVersion,
                    $"the store \"{location}\" has schema version {stored}, this program knows up to {Version}: use a newer program");
            if (stored < Version) MigrateUp(connectionString);
            using var queries = connection.Command(Script(Queries));
            queries.ExecuteNonQuery();
        }
        finally
        {
            using var release = connection.Command("SELECT pg_advisory_unlock($1)", LockKey);
            release.ExecuteNonQuery();
        }
    }

    private static void MigrateUp(string connectionString)
    {
        using var services = new ServiceCollection()
            .AddFluentMigratorCore()
            .ConfigureRunner(runner => runner.AddPostgres().WithGlobalConnectionString(connectionString)
                .ScanIn(typeof(CreateStore).Assembly).For.Migrations().For.EmbeddedResources())
            .Configure<TypeFilterOptions>(filter => filter.Namespace = typeof(CreateStore).Namespace)
            .BuildServiceProvider(validateScopes: false);
        using var scope = services.CreateScope();
        scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp();
    }

    private static long StoredVersion(NpgsqlConnection connection)
    {
        using var exists = connection.Command("SELECT to_regclass('\"VersionInfo\"') IS NOT NULL");
        if (exists.ExecuteScalar() is not true) return 0;
        using var newest = connection.Command("SELECT max(\"Version\") FROM \"VersionInfo\"");
        return newest.ExecuteScalar() as long? ?? 0;
    }

    private static string Script(string name)
    {
        var assembly = typeof(PostgreSqlSchema).Assembly;
        var resource = assembly.GetManifestResourceNames().Single(found => found.EndsWith(name, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
