-- What else is to be known about a score, and why events were called anomalous. Applied once, in one transaction, by the migration of the
-- same number.

ALTER TABLE dagmm_score ADD COLUMN flags integer NOT NULL DEFAULT 0;

-- A row per anomaly, written with its score and kept longer than it.
CREATE TABLE dagmm_explanation (
    partition_id bigint NOT NULL,
    event_offset bigint NOT NULL,
    event_time bigint NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (partition_id, event_offset)
);
