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

    /// <summary>A group's scores. The same batch again replaces itself: a group without records may be written twice.</summary>
    public const string InsertScores = """
        INSERT INTO dagmm_score_block (partition_id, first_offset, count, newest_time, payload)
        SELECT * FROM unnest($1, $2, $3, $4, $5) ON CONFLICT (partition_id, first_offset)
        DO UPDATE SET count = excluded.count, newest_time = excluded.newest_time, payload = excluded.payload
        """;

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

    public const string PartitionsOf = "SELECT id FROM dagmm_partition WHERE stream = $1 ORDER BY partition";

    public const string AddStream = "INSERT INTO dagmm_stream (name, definition) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

    public const string ReplaceStream = "UPDATE dagmm_stream SET definition = $1 WHERE name = $2 AND definition = $3";

    public const string RemoveStream = "DELETE FROM dagmm_stream WHERE name = $1";

    public const string FindStream = "SELECT definition FROM dagmm_stream WHERE name = $1";

    public const string ListStreams = "SELECT definition FROM dagmm_stream ORDER BY name COLLATE \"C\"";
}
