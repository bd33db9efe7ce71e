using FluentMigrator;

namespace DagmmStream.Storage.Sqlite.Migrations;

/// <summary>Version 3 of the schema. The tables are named as on PostgreSQL: their statements are one text for both.</summary>
[Migration(3, "alerts, their policies and messages")]
public sealed class AddAlerts : ForwardOnlyMigration
{
    private static readonly string[] Statements =
    [
        "CREATE TABLE dagmm_alert_policy (stream TEXT NOT NULL PRIMARY KEY, policy TEXT NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE dagmm_alert (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, stream TEXT NOT NULL, partition INTEGER NOT NULL,
            kind INTEGER NOT NULL, state INTEGER NOT NULL, last_time INTEGER NOT NULL, episode TEXT NOT NULL, opened_at INTEGER NOT NULL,
            suppressed INTEGER NOT NULL, acknowledged_at INTEGER, acknowledged_by TEXT, note TEXT)
        """,
        "CREATE INDEX dagmm_alert_of_stream ON dagmm_alert (stream, partition, state)",
        """
        CREATE TABLE dagmm_alert_delivery (
            number INTEGER PRIMARY KEY AUTOINCREMENT, alert_id TEXT NOT NULL, stream TEXT NOT NULL, transition INTEGER NOT NULL,
            target TEXT NOT NULL, episode TEXT NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL, created_at INTEGER NOT NULL,
            next_at INTEGER NOT NULL, error TEXT, UNIQUE (alert_id, transition, target))
        """,
        "CREATE INDEX dagmm_alert_delivery_due ON dagmm_alert_delivery (state, next_at)",
    ];

    /// <summary>Adds the tables.</summary>
    public override void Up()
    {
        foreach (var statement in Statements) Execute.Sql(statement);
    }
}
