namespace DagmmStream.Storage.Models;

/// <summary>All statements of kept models, one text for both dialects.</summary>
internal static class ModelSql
{
    public const string Keep = """
        INSERT INTO dagmm_model (stream, partition, version, event_offset, kept_at, reason, size, payload)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (stream, partition, version) DO UPDATE SET event_offset = excluded.event_offset, kept_at = excluded.kept_at,
            reason = excluded.reason, size = excluded.size, payload = excluded.payload
        """;

    public const string Trim = """
        DELETE FROM dagmm_model WHERE stream = $1 AND partition = $2 AND version NOT IN (
            SELECT version FROM dagmm_model WHERE stream = $1 AND partition = $2 ORDER BY version DESC LIMIT $3)
        """;

    public const string List = """
        SELECT version, event_offset, kept_at, reason, size FROM dagmm_model WHERE stream = $1 AND partition = $2 ORDER BY version DESC
        """;

    public const string Read = "SELECT payload FROM dagmm_model WHERE stream = $1 AND partition = $2 AND version = $3";

    public const string Delete = "DELETE FROM dagmm_model WHERE stream = $1";
}
