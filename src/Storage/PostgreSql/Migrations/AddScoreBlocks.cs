using DagmmStream.Storage.Scores;
using FluentMigrator;

namespace DagmmStream.Storage.PostgreSql.Migrations;

/// <summary>Version 7 of the schema.</summary>
[Migration(7, "scores by batches")]
public sealed class AddScoreBlocks : ForwardOnlyMigration
{
    /// <summary>Replaces the table of scores, whose rows are taken over.</summary>
    public override void Up()
    {
        Execute.EmbeddedScript("007_score_blocks.sql");
        Execute.WithConnection((connection, transaction) =>
            new ScoreRowConversion(connection, transaction, ("dagmm_score", "event_offset", "event_time")).Run());
        Execute.Sql("DROP TABLE dagmm_score");
    }
}
