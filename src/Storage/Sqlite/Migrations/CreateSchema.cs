using FluentMigrator;

namespace DagmmStream.Storage.Sqlite.Migrations;

/// <summary>Version 1 of the schema.</summary>
[Migration(1, "partitions, journal, scores, streams, grain storage")]
public sealed class CreateSchema : ForwardOnlyMigration
{
    // The journal keeps rows of several kilobytes: an ordinary table appends them at the end and keeps its index small. Scores are small
    // rows
    // that are read by key range: they live in the index itself.
    private static readonly string[] Statements =
    [
        """
        CREATE TABLE partition (
            id INTEGER PRIMARY KEY, stream TEXT NOT NULL, partition INTEGER NOT NULL, epoch INTEGER NOT NULL, UNIQUE (stream, partition))
        """,
        "CREATE TABLE producer (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        """
        CREATE TABLE journal (
            id INTEGER PRIMARY KEY, partition_id INTEGER NOT NULL, first_offset INTEGER NOT NULL, count INTEGER NOT NULL,
            producer_id INTEGER NOT NULL, first_sequence INTEGER NOT NULL, sampling_rate INTEGER NOT NULL, epoch INTEGER NOT NULL,
            crc INTEGER NOT NULL, payload BLOB NOT NULL, UNIQUE (partition_id, first_offset))
        """,
        """
        CREATE TABLE score (
            partition_id INTEGER NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL, sequence INTEGER NOT NULL, energy REAL,
            score REAL,
            p_value REAL, verdict INTEGER NOT NULL, snapshot_version INTEGER NOT NULL, PRIMARY KEY (partition_id, offset)) WITHOUT ROWID
        """,
        "CREATE TABLE stream (name TEXT NOT NULL PRIMARY KEY, definition TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE OrleansQuery (QueryKey TEXT NOT NULL PRIMARY KEY, QueryText TEXT NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE OrleansStorage (
            GrainIdHash INTEGER NOT NULL, GrainTypeHash INTEGER NOT NULL, GrainIdN0 INTEGER NOT NULL, GrainIdN1 INTEGER NOT NULL,
            GrainTypeString TEXT NOT NULL, GrainIdExtensionString TEXT NOT NULL, ServiceId TEXT NOT NULL,
            Version INTEGER NOT NULL, PayloadBinary BLOB,
            PRIMARY KEY (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainIdExtensionString, GrainTypeString, ServiceId))
        """,
    ];

    /// <summary>Creates the tables.</summary>
    public override void Up()
    {
        foreach (var statement in Statements) Execute.Sql(statement);
    }
}
