using FluentMigrator;

namespace DagmmStream.Storage.PostgreSql.Migrations;

/// <summary>Version 2 of the schema.</summary>
[Migration(2, "tables of Orleans' providers")]
public sealed class CreateOrleans : ForwardOnlyMigration
{
    /// <summary>Creates the tables.</summary>
    public override void Up() => Execute.EmbeddedScript("002_orleans.sql");
}
