using FluentMigrator;

namespace DagmmStream.Storage.PostgreSql.Migrations;

/// <summary>Version 5 of the schema.</summary>
[Migration(5, "when producers were last used")]
public sealed class AddUseOfProducers : ForwardOnlyMigration
{
    /// <summary>Adds the column.</summary>
    public override void Up() => Execute.EmbeddedScript("005_use_of_producers.sql");
}
