namespace DagmmStream.Storage.Scores;

/// <summary>Statements of the score history, one text for both dialects; values take the places $1, $2, …</summary>
internal static class ScoreSql
{
    /// <summary>A batch's scores. The same batch again replaces itself: a group of commits may be written twice.</summary>
    public const string Insert = """
        INSERT INTO dagmm_score_block (partition_id, first_offset, count, newest_time, payload) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (partition_id, first_offset)
        DO UPDATE SET count = excluded.count, newest_time = excluded.newest_time, payload = excluded.payload
        """;

    public const string InsertExplanation = """
        INSERT INTO dagmm_explanation (partition_id, event_offset, event_time, payload) VALUES ($1, $2, $3, $4)
        ON CONFLICT (partition_id, event_offset) DO UPDATE SET event_time = excluded.event_time, payload = excluded.payload
        """;

    /// <summary>Blocks of stream $1, partition $2 from the one that may hold offset $3 on, until they hold $4 events.</summary>
    public const string Read = $"""
        SELECT first_offset, payload FROM dagmm_score_block WHERE partition_id = {Id} AND first_offset >= coalesce(
            (SELECT max(first_offset) FROM dagmm_score_block WHERE partition_id = {Id} AND first_offset <= $3), $3)
        AND first_offset < $4 + coalesce(
            (SELECT min(first_offset) FROM dagmm_score_block WHERE partition_id = {Id} AND first_offset >= $3), $3)
        ORDER BY first_offset
        """;

    public const string Range = $"""
        SELECT (SELECT min(first_offset) FROM dagmm_score_block WHERE partition_id = {Id}),
        (SELECT first_offset + count FROM dagmm_score_block WHERE partition_id = {Id} ORDER BY first_offset DESC LIMIT 1)
        """;

    /// <summary>Ends the block of partition id $1 that holds offset $2 there; $3 bytes an event.</summary>
    public const string Cut = """
        UPDATE dagmm_score_block SET count = CAST($2 - first_offset AS integer),
            payload = substr(payload, 1, CAST($2 - first_offset AS integer) * $3)
        WHERE partition_id = $1 AND first_offset + count > $2 AND first_offset =
            (SELECT max(first_offset) FROM dagmm_score_block WHERE partition_id = $1 AND first_offset < $2)
        """;

    public const string DeleteFrom = """
        DELETE FROM dagmm_score_block WHERE partition_id = $1 AND first_offset IN (
            SELECT first_offset FROM dagmm_score_block WHERE partition_id = $1 AND first_offset >= $2 ORDER BY first_offset DESC LIMIT $3)
        """;

    public const string RetentionWindow = """
        SELECT max(first_offset) FROM (
            SELECT first_offset FROM dagmm_score_block
            WHERE partition_id = $1 AND first_offset >= $2 ORDER BY first_offset LIMIT $3) AS blocks
        """;

    public const string DeleteOlderThan = """
        DELETE FROM dagmm_score_block WHERE partition_id = $1 AND first_offset BETWEEN $2 AND $3 AND newest_time < $4 RETURNING count
        """;

    public const string ReadExplanations = $"""
        SELECT event_offset, event_time, payload FROM dagmm_explanation
        WHERE partition_id = {Id} AND event_offset >= $3 ORDER BY event_offset LIMIT $4
        """;

    public const string DeleteExplanationsFrom = "DELETE FROM dagmm_explanation WHERE partition_id = $1 AND event_offset >= $2";

    public const string DeleteExplanationsOlderThan = """
        DELETE FROM dagmm_explanation WHERE partition_id = $1 AND event_time < $2 AND event_offset IN (
            SELECT event_offset FROM dagmm_explanation WHERE partition_id = $1 ORDER BY event_offset LIMIT $3)
        """;

    private const string Id = "(SELECT id FROM dagmm_partition WHERE stream = $1 AND partition = $2)";
}
