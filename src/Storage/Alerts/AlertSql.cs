namespace DagmmStream.Storage.Alerts;

/// <summary>
/// All statements of alerts, one text for both dialects. Times are microseconds since 1970-01-01 UTC; flags and states are numbers; '' and
/// -1 stand for "any", since a server cannot know the type of a null.
/// </summary>
internal static class AlertSql
{
    public const string FindPolicy = "SELECT policy FROM dagmm_alert_policy WHERE stream = $1";

    public const string ListPolicies = "SELECT stream, policy FROM dagmm_alert_policy ORDER BY stream";

    public const string SavePolicy = """
        INSERT INTO dagmm_alert_policy (stream, policy) VALUES ($1, $2) ON CONFLICT (stream) DO UPDATE SET policy = excluded.policy
        """;

    // What people said about an alert is not the partition's to change; whether it is suppressed is decided when it becomes one.
    public const string SaveAlert = """
        INSERT INTO dagmm_alert (id, stream, partition, kind, state, last_time, episode, opened_at, suppressed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, last_time = excluded.last_time, episode = excluded.episode,
            suppressed = CASE WHEN excluded.state = 1 AND dagmm_alert.state = 0 THEN excluded.suppressed
                ELSE dagmm_alert.suppressed END
        """;

    public const string AddDelivery = """
        INSERT INTO dagmm_alert_delivery (alert_id, stream, transition, target, episode, state, attempts, created_at, next_at)
        VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $7) ON CONFLICT (alert_id, transition, target) DO NOTHING
        """;

    public const string ReadOpen =
        "SELECT episode FROM dagmm_alert WHERE stream = $1 AND partition = $2 AND state IN (0, 1) ORDER BY number";

    public const string FindAlert = $"SELECT {Alert} FROM dagmm_alert WHERE id = $1";

    public const string ListAlerts = $"""
        SELECT {Alert} FROM dagmm_alert
        WHERE number < $1 AND ($2 = '' OR stream = $2) AND ($3 = -1 OR kind = $3)
            AND ($4 = -1 OR state = $4 OR ($4 = -2 AND state IN (1, 2)))
        ORDER BY number DESC LIMIT $5
        """;

    public const string Acknowledge =
        "UPDATE dagmm_alert SET acknowledged_at = $1, acknowledged_by = $2, note = $3 WHERE id = $4";

    public const string Suppress = "UPDATE dagmm_alert SET suppressed = $1 WHERE id = $2";

    // Another taker that chose the same rows waits for this one's commit and then finds that they are not due.
    public const string Claim = """
        UPDATE dagmm_alert_delivery SET next_at = $1 WHERE state = 0 AND next_at <= $2 AND number IN (
            SELECT due.number FROM dagmm_alert_delivery AS due WHERE due.state = 0 AND due.next_at <= $2 AND NOT EXISTS (
                SELECT 1 FROM dagmm_alert_delivery AS ahead WHERE ahead.alert_id = due.alert_id AND ahead.target = due.target
                AND ahead.state = 0 AND ahead.number < due.number)
            ORDER BY due.number LIMIT $3)
        RETURNING number
        """;

    public const string Settle =
        "UPDATE dagmm_alert_delivery SET state = $1, attempts = $2, next_at = $3, error = $4 WHERE number = $5";

    public const string FindDelivery = $"SELECT {Delivery} WHERE sent.number = $1";

    public const string ReadDeliveries = $"SELECT {Delivery} WHERE sent.alert_id = $1 ORDER BY sent.number";

    public const string ListDeliveries = $"""
        SELECT {Delivery} WHERE sent.number < $1 AND sent.state = $2 AND ($3 = '' OR sent.stream = $3)
        ORDER BY sent.number DESC LIMIT $4
        """;

    public const string Resend =
        "UPDATE dagmm_alert_delivery SET state = 0, attempts = 0, next_at = $1 WHERE number = $2 AND state <> 0";

    public const string CountDeliveries = "SELECT state, count(*) FROM dagmm_alert_delivery WHERE state IN (0, 2) GROUP BY state";

    public const string DeleteOldDeliveries = $"DELETE FROM dagmm_alert_delivery WHERE alert_id IN ({Old})";

    public const string DeleteOldAlerts = $"DELETE FROM dagmm_alert WHERE id IN ({Old})";

    public const string DeleteDeliveries = "DELETE FROM dagmm_alert_delivery WHERE stream = $1";

    public const string DeleteAlerts = "DELETE FROM dagmm_alert WHERE stream = $1";

    public const string DeletePolicy = "DELETE FROM dagmm_alert_policy WHERE stream = $1";

    private const string Alert = "number, episode, opened_at, suppressed, acknowledged_at, acknowledged_by, note";

    private const string Delivery = """
        sent.number, sent.episode, transition, target, sent.state, attempts, created_at, next_at, error, suppressed
        FROM dagmm_alert_delivery AS sent JOIN dagmm_alert ON id = alert_id
        """;

    private const string Old = """
        SELECT id FROM dagmm_alert WHERE stream = $1 AND partition = $2 AND state IN (2, 3) AND last_time < $3 ORDER BY number LIMIT $4
        """;
}
