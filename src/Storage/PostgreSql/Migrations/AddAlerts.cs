using FluentMigrator;

namespace DagmmStream.Storage.PostgreSql.Migrations;

/// <summary>Version 4 of the schema.</summary>
[Migration(4, "alerts, their policies and messages")]
public sealed class AddAlerts : ForwardOnlyMigration
{
    /// <summary>Adds the tables.</summary>
    public override void Up() => Execute.EmbeddedScript("004_alerts.sql");
}
