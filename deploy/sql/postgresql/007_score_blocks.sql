-- Scores by batches. Applied once, in one transaction, by the migration of the same number, which also takes over the rows of
-- dagmm_score and drops that table.

-- One row per committed batch: 59 bytes per event, little-endian (offset, time, sequence, energy, score, p-value, snapshot version of 8
-- bytes each, verdict 1, flags 2). Written once, deleted from the low end of its partition by retention. Scores hardly compress: the
-- server must not try. What is deleted is reclaimed by number of rows.
CREATE TABLE dagmm_score_block (
    partition_id bigint NOT NULL,
    first_offset bigint NOT NULL,
    count integer NOT NULL,
    newest_time bigint NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (partition_id, first_offset)
) WITH (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_insert_scale_factor = 0.1,
    toast.autovacuum_vacuum_scale_factor = 0.02, toast.autovacuum_vacuum_threshold = 10000
);
ALTER TABLE dagmm_score_block ALTER COLUMN payload SET STORAGE EXTERNAL;
