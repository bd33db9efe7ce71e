using FluentMigrator;

namespace DagmmStream.Storage.PostgreSql.Migrations;

/// <summary>Version 6 of the schema.</summary>
[Migration(6, "models that were kept")]
public sealed class AddModels : ForwardOnlyMigration
{
    /// <summary>Adds the table.</summary>
    public override void Up() => Execute.EmbeddedScript("006_models.sql");
}
