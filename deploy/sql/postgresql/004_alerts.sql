-- Alerts, the policies behind them, and the outbox of messages about them. Applied once, in one transaction, by the migration of the same
-- number. Times are microseconds since 1970-01-01 UTC.

CREATE TABLE dagmm_alert_policy (
    stream text PRIMARY KEY,
    policy text NOT NULL
);

-- A row per episode, written with the scores that changed it; the last four columns are what people said.
CREATE TABLE dagmm_alert (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    stream text NOT NULL,
    partition bigint NOT NULL,
    kind bigint NOT NULL,
    state bigint NOT NULL,
    last_time bigint NOT NULL,
    episode text NOT NULL,
    opened_at bigint NOT NULL,
    suppressed bigint NOT NULL,
    acknowledged_at bigint,
    acknowledged_by text,
    note text
);
CREATE INDEX dagmm_alert_of_stream ON dagmm_alert (stream, partition, state);

-- A row per message and receiver. A message is due when it is pending (state 0) and its next time has come.
CREATE TABLE dagmm_alert_delivery (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id text NOT NULL,
    stream text NOT NULL,
    transition bigint NOT NULL,
    target text NOT NULL,
    episode text NOT NULL,
    state bigint NOT NULL,
    attempts bigint NOT NULL,
    created_at bigint NOT NULL,
    next_at bigint NOT NULL,
    error text,
    UNIQUE (alert_id, transition, target)
);
CREATE INDEX dagmm_alert_delivery_due ON dagmm_alert_delivery (state, next_at);
