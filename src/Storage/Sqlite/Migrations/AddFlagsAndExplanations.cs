using FluentMigrator;

namespace DagmmStream.Storage.Sqlite.Migrations;

/// <summary>Version 2 of the schema.</summary>
[Migration(2, "flags of scores, explanations of anomalies")]
public sealed class AddFlagsAndExplanations : ForwardOnlyMigration
{
    private static readonly string[] Statements =
    [
        "ALTER TABLE score ADD COLUMN flags INTEGER NOT NULL DEFAULT 0",
        """
        CREATE TABLE explanation (
            partition_id INTEGER NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL, payload BLOB NOT NULL,
            PRIMARY KEY (partition_id, offset))
        """,
    ];

    /// <summary>Adds the column and the table.</summary>
    public override void Up()
    {
        foreach (var statement in Statements) Execute.Sql(statement);
    }
}
