-- Models of partitions that were kept, as checkpoints. Applied once, in one transaction, by the migration of the same number.

CREATE TABLE dagmm_model (
    stream text NOT NULL,
    partition bigint NOT NULL,
    version bigint NOT NULL,
    event_offset bigint NOT NULL,
    kept_at bigint NOT NULL,
    reason text NOT NULL,
    size bigint NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (stream, partition, version)
);
-- Weights do not compress: the server must not try.
ALTER TABLE dagmm_model ALTER COLUMN payload SET STORAGE EXTERNAL;
