ALTER TABLE alarm ADD COLUMN machine TEXT NOT NULL DEFAULT '';
ALTER TABLE alarm ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
DROP INDEX alarm_open;
CREATE UNIQUE INDEX alarm_open ON alarm (office, kind, machine, about) WHERE cleared_at IS NULL;
