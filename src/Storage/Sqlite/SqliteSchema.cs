using DagmmStream.Storage.Sqlite.Checkpoints;
using DagmmStream.Storage.Sqlite.Migrations;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Initialization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace DagmmStream.Storage.Sqlite;

/// <summary>Brings the schema to this version.</summary>
internal static class SqliteSchema
{
    /// <summary>Version of the newest migration.</summary>
    public const long Version = 5;

    public static void Migrate(SqliteConnection connection, string connectionString, string path)
    {
        var stored = StoredVersion(connection);
        if (stored > Version)
            throw new DagmmStreamException(
                ErrorCode.StoreVersion,
                $"the store \"{path}\" has schema version {stored}, this program knows up to {Version}: "
                + "use a newer program or another Store:Path");
        if (stored < Version)
        {
            using var services = new ServiceCollection()
                .AddFluentMigratorCore()
                .ConfigureRunner(runner => runner.AddSQLite().WithGlobalConnectionString(connectionString)
                    .ScanIn(typeof(CreateSchema).Assembly).For.Migrations())
                .Configure<TypeFilterOptions>(filter => filter.Namespace = typeof(CreateSchema).Namespace)
                .BuildServiceProvider(validateScopes: false);
            using var scope = services.CreateScope();
            scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp();
        }

        connection.Execute("BEGIN IMMEDIATE");
        foreach (var (key, text) in GrainStorageQueries.All)
            connection.Execute(
                "INSERT OR REPLACE INTO OrleansQuery (QueryKey, QueryText) VALUES ($key, $text)", ("$key", key), ("$text", text));
        connection.Execute("COMMIT");
    }

    private static long StoredVersion(SqliteConnection connection) =>
        connection.Scalar("SELECT 1 FROM sqlite_master WHERE name = 'VersionInfo'") is null
            ? 0
            : connection.Scalar("SELECT max(Version) FROM VersionInfo") as long? ?? 0;
}
