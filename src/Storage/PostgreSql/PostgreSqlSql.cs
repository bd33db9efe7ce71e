namespace DagmmStream.Storage.PostgreSql;

/// <summary>All statements of the PostgreSQL dialect, except the schema and the providers' queries (deploy/sql/postgresql).</summary>
internal static class PostgreSqlSql
{
    public const string Probe = "SELECT 1 FROM dagmm_stream LIMIT 1";

    // One statement, one lock: waits for the groups that have locked the row in share mode, and is seen by all that come later.
    public const string OpenPartition = """
        INSERT INTO dagmm_partition AS kept (stream, partition, epoch) VALUES ($1, $2, 1)
        ON CONFLICT (stream, partition) DO UPDATE SET epoch = kept.epoch + 1
        RETURNING id, epoch
        """;

    // Always in the order of ids. In share mode several silos' groups may hold a row, but nobody can raise its epoch.
    public const string LockPartitions = "SELECT id, epoch FROM dagmm_partition WHERE id = ANY($1) ORDER BY id FOR SHARE";

    public const string LockPartition = "SELECT epoch FROM dagmm_partition WHERE id = $1 FOR SHARE";

    public const string ReadEpoch = "SELECT epoch FROM dagmm_partition WHERE id = $1";

    // Waits for a transaction that still holds the row in share mode.
    public const string AwaitPartition = "SELECT epoch FROM dagmm_partition WHERE id = $1 FOR NO KEY UPDATE";

    public const string HasRecord =
        "SELECT EXISTS (SELECT 1 FROM dagmm_journal WHERE partition_id = $1 AND first_offset = $2 AND epoch = $3 AND crc = $4)";

    // Losing a deletion in a crash of the server costs nothing: it is done again.
    public const string NoFlush = "SET LOCAL synchronous_commit = off";

    public const string AddProducers =
        "INSERT INTO dagmm_producer (name) SELECT unnest($1) ON CONFLICT (name) DO UPDATE SET used_at = now()";

    // The second condition is looked at again when somebody else has just used the row.
    public const string ForgetProducers = """
        DELETE FROM dagmm_producer WHERE id IN (
            SELECT id FROM dagmm_producer WHERE used_at < now() - interval '1 day'
            AND id NOT IN (SELECT producer_id FROM dagmm_journal) LIMIT $1)
        AND used_at < now() - interval '1 day'
        """;

    public const string Producers = "SELECT name, id FROM dagmm_producer WHERE name = ANY($1)";

    public const string CopyJournal = """
        COPY dagmm_journal (partition_id, first_offset, count, producer_id, first_sequence, sampling_rate, epoch, crc, payload)
        FROM STDIN (FORMAT BINARY)
        """;

    public const string CopyScores = """
        COPY dagmm_score (partition_id, event_offset, event_time, sequence, energy, score, p_value, snapshot_version, verdict, flags)
        FROM STDIN (FORMAT BINARY)
        """;

    public const string InsertExplanation = """
        INSERT INTO dagmm_explanation (partition_id, event_offset, event_time, payload) VALUES ($1, $2, $3, $4)
        ON CONFLICT (partition_id, event_offset) DO UPDATE SET event_time = excluded.event_time, payload = excluded.payload
        """;

    public const string ReadExplanations = """
        SELECT event_offset, event_time, payload FROM dagmm_explanation JOIN dagmm_partition ON id = partition_id
        WHERE stream = $1 AND partition = $2 AND event_offset >= $3 ORDER BY event_offset LIMIT $4
        """;

    public const string DeleteExplanationsFrom = "DELETE FROM dagmm_explanation WHERE partition_id = $1 AND event_offset >= $2";

    public const string DeleteExplanationsOlderThan = """
        DELETE FROM dagmm_explanation WHERE partition_id = $1 AND event_time < $2 AND event_offset IN (
            SELECT event_offset FROM dagmm_explanation WHERE partition_id = $1 ORDER BY event_offset LIMIT $3)
        """;

    public const string DeleteScoresBetween = "DELETE FROM dagmm_score WHERE partition_id = $1 AND event_offset BETWEEN $2 AND $3";

    public const string ReadJournal = """
        SELECT first_offset, count, name, first_sequence, sampling_rate, epoch, crc, payload
        FROM dagmm_journal JOIN dagmm_producer ON dagmm_producer.id = producer_id
        WHERE partition_id = $1 AND first_offset + count > $2 AND first_offset >=
            coalesce((SELECT max(first_offset) FROM dagmm_journal WHERE partition_id = $1 AND first_offset <= $2), $2)
        ORDER BY first_offset LIMIT $3
        """;

    public const string Truncate = """
        DELETE FROM dagmm_journal WHERE partition_id = $1 AND first_offset IN (
            SELECT first_offset FROM dagmm_journal WHERE partition_id = $1 AND first_offset < $2 AND first_offset + count <= $2
            ORDER BY first_offset LIMIT $3)
        """;

    public const string DeleteScoresFrom = """
        DELETE FROM dagmm_score WHERE partition_id = $1 AND event_offset IN (
            SELECT event_offset FROM dagmm_score WHERE partition_id = $1 AND event_offset >= $2 ORDER BY event_offset DESC LIMIT $3)
        """;

    public const string RetentionWindow = """
        SELECT max(event_offset) FROM (
            SELECT event_offset FROM dagmm_score WHERE partition_id = $1 AND event_offset >= $2 ORDER BY event_offset LIMIT $3) AS rows
        """;

    public const string DeleteOlderThan =
        "DELETE FROM dagmm_score WHERE partition_id = $1 AND event_offset BETWEEN $2 AND $3 AND event_time < $4";

    public const string ReadScores = """
        SELECT event_offset, event_time, sequence, energy, score, p_value, verdict, snapshot_version, flags
        FROM dagmm_score JOIN dagmm_partition ON id = partition_id
        WHERE stream = $1 AND partition = $2 AND event_offset >= $3 ORDER BY event_offset LIMIT $4
        """;

    public const string ScoreRange = """
        SELECT (SELECT min(event_offset) FROM dagmm_score WHERE partition_id = id),
            (SELECT max(event_offset) FROM dagmm_score WHERE partition_id = id)
        FROM dagmm_partition WHERE stream = $1 AND partition = $2
        """;

    public const string PartitionsOf = "SELECT id FROM dagmm_partition WHERE stream = $1 ORDER BY partition";

    public const string AddStream = "INSERT INTO dagmm_stream (name, definition) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

    public const string ReplaceStream = "UPDATE dagmm_stream SET definition = $1 WHERE name = $2 AND definition = $3";

    public const string RemoveStream = "DELETE FROM dagmm_stream WHERE name = $1";

    public const string FindStream = "SELECT definition FROM dagmm_stream WHERE name = $1";

    public const string ListStreams = "SELECT definition FROM dagmm_stream ORDER BY name COLLATE \"C\"";
}
