using FluentMigrator;

namespace DagmmStream.Storage.PostgreSql.Migrations;

/// <summary>Version 3 of the schema.</summary>
[Migration(3, "flags of scores, explanations of anomalies")]
public sealed class AddFlagsAndExplanations : ForwardOnlyMigration
{
    /// <summary>Adds the column and the table.</summary>
    public override void Up() => Execute.EmbeddedScript("003_flags_and_explanations.sql");
}
