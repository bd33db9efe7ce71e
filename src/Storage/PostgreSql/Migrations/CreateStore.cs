using FluentMigrator;

namespace DagmmStream.Storage.PostgreSql.Migrations;

/// <summary>Version 1 of the schema.</summary>
[Migration(1, "partitions, journal, scores, streams")]
public sealed class CreateStore : ForwardOnlyMigration
{
    /// <summary>Creates the tables.</summary>
    public override void Up() => Execute.EmbeddedScript("001_store.sql");
}
