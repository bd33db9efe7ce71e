-- Journal, score history and catalog of DagmmStream. Applied once, in one transaction, by the migration of the same number.

-- One row per partition of a stream. Its epoch rises with every takeover: appends lock the row in share mode and compare. The free
-- space of the pages keeps these updates in place.
CREATE TABLE dagmm_partition (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream text NOT NULL,
    partition integer NOT NULL,
    epoch bigint NOT NULL,
    UNIQUE (stream, partition)
) WITH (fillfactor = 50);

CREATE TABLE dagmm_producer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

-- Accepted batches that no checkpoint covers yet: written once, read after a crash, deleted soon. Feature vectors do not compress, so
-- the server must not try. What is deleted must be reclaimed by number of rows, not by share of a table that is small most of the time.
CREATE TABLE dagmm_journal (
    partition_id bigint NOT NULL,
    first_offset bigint NOT NULL,
    count integer NOT NULL,
    producer_id bigint NOT NULL,
    first_sequence bigint NOT NULL,
    sampling_rate smallint NOT NULL,
    epoch bigint NOT NULL,
    crc bigint NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (partition_id, first_offset)
) WITH (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_insert_scale_factor = 0.2,
    toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 10000
);
ALTER TABLE dagmm_journal ALTER COLUMN payload SET STORAGE EXTERNAL;

-- One row per event, never updated, deleted from the low end of its partition by retention. A score that is no number is null.
CREATE TABLE dagmm_score (
    partition_id bigint NOT NULL,
    event_offset bigint NOT NULL,
    event_time bigint NOT NULL,
    sequence bigint NOT NULL,
    energy double precision,
    score double precision,
    p_value double precision,
    snapshot_version bigint NOT NULL,
    verdict smallint NOT NULL,
    PRIMARY KEY (partition_id, event_offset)
) WITH (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 50000, autovacuum_vacuum_insert_scale_factor = 0.1
);

CREATE TABLE dagmm_stream (
    name text PRIMARY KEY,
    definition text NOT NULL
);
