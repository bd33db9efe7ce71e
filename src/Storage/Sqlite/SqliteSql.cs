namespace DagmmStream.Storage.Sqlite;

/// <summary>All statements of the SQLite dialect, except the schema (Migrations) and the grain storage's (Checkpoints).</summary>
internal static class SqliteSql
{
    // Reads the file's first page, unlike a mere SELECT 1.
    public const string Probe = "SELECT 1 FROM sqlite_master LIMIT 1";

    public const string OpenPartition = """
        INSERT INTO dagmm_partition (stream, partition, epoch) VALUES ($stream, $partition, 1)
        ON CONFLICT (stream, partition) DO UPDATE SET epoch = epoch + 1
        RETURNING id, epoch
        """;

    public const string Epoch = "SELECT epoch FROM dagmm_partition WHERE id = $id";

    public const string PartitionsOf = "SELECT id FROM dagmm_partition WHERE stream = $stream ORDER BY partition";

    public const string Producer = """
        INSERT INTO producer (name) VALUES ($name) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id
        """;

    public const string ForgetProducers = """
        DELETE FROM producer WHERE id IN (
            SELECT id FROM producer WHERE id NOT IN (SELECT producer_id FROM journal) LIMIT $limit)
        """;

    public const string AppendRecord = """
        INSERT INTO journal (partition_id, first_offset, count, producer_id, first_sequence, sampling_rate, epoch, crc, payload)
        VALUES ($partition, $offset, $count, $producer, $sequence, $rate, $epoch, $crc, $payload)
        """;

    public const string ReadJournal = """
        SELECT first_offset, count, name, first_sequence, sampling_rate, epoch, crc, payload
        FROM journal JOIN producer ON producer.id = producer_id
        WHERE partition_id = $partition AND first_offset + count > $from AND first_offset >=
            coalesce((SELECT max(first_offset) FROM journal WHERE partition_id = $partition AND first_offset <= $from), $from)
        ORDER BY first_offset LIMIT $limit
        """;

    public const string Truncate = """
        DELETE FROM journal WHERE id IN (
            SELECT id FROM journal WHERE partition_id = $partition AND first_offset < $below AND first_offset + count <= $below
            ORDER BY first_offset LIMIT $limit)
        """;

    public const string AddStream = "INSERT INTO stream (name, definition) VALUES ($name, $definition) ON CONFLICT (name) DO NOTHING";

    public const string ReplaceStream = "UPDATE stream SET definition = $after WHERE name = $name AND definition = $before";

    public const string RemoveStream = "DELETE FROM stream WHERE name = $name";

    public const string FindStream = "SELECT definition FROM stream WHERE name = $name";

    public const string ListStreams = "SELECT definition FROM stream ORDER BY name";
}
