-- When a silo last asked for a producer: names that nobody has used for a day, and that no journal record has, are deleted. Applied once, in
-- one transaction, by the migration of the same number.

ALTER TABLE dagmm_producer ADD COLUMN used_at timestamptz NOT NULL DEFAULT now();
