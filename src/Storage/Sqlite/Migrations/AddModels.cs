using FluentMigrator;

namespace DagmmStream.Storage.Sqlite.Migrations;

/// <summary>Version 4 of the schema.</summary>
[Migration(4, "models that were kept")]
public sealed class AddModels : ForwardOnlyMigration
{
    private const string Table = """
        CREATE TABLE dagmm_model (
            stream TEXT NOT NULL, partition INTEGER NOT NULL, version INTEGER NOT NULL, event_offset INTEGER NOT NULL,
            kept_at INTEGER NOT NULL, reason TEXT NOT NULL, size INTEGER NOT NULL, payload BLOB NOT NULL,
            PRIMARY KEY (stream, partition, version))
        """;

    /// <summary>Adds the table.</summary>
    public override void Up() => Execute.Sql(Table);
}
