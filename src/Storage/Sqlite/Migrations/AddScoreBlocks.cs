using DagmmStream.Storage.Scores;
using FluentMigrator;

namespace DagmmStream.Storage.Sqlite.Migrations;

/// <summary>Version 5 of the schema: one row of scores per batch, and the names that both dialects share.</summary>
[Migration(5, "scores by batches")]
public sealed class AddScoreBlocks : ForwardOnlyMigration
{
    // A batch's scores take several kilobytes: like the journal, an ordinary table with a small index beside it.
    private const string Table = """
        CREATE TABLE dagmm_score_block (
            id INTEGER PRIMARY KEY, partition_id INTEGER NOT NULL, first_offset INTEGER NOT NULL, count INTEGER NOT NULL,
            newest_time INTEGER NOT NULL, payload BLOB NOT NULL, UNIQUE (partition_id, first_offset))
        """;

    private static readonly string[] Renaming =
    [
        "DROP TABLE score",
        "ALTER TABLE partition RENAME TO dagmm_partition",
        "ALTER TABLE explanation RENAME TO dagmm_explanation",
        "ALTER TABLE dagmm_explanation RENAME COLUMN offset TO event_offset",
        "ALTER TABLE dagmm_explanation RENAME COLUMN time TO event_time",
    ];

    /// <summary>Replaces the table of scores, whose rows are taken over.</summary>
    public override void Up()
    {
        Execute.Sql(Table);
        Execute.WithConnection((connection, transaction) =>
            new ScoreRowConversion(connection, transaction, ("score", "offset", "time")).Run());
        foreach (var statement in Renaming) Execute.Sql(statement);
    }
}
