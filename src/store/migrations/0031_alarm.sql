ALTER TABLE account ADD COLUMN outages BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN outage_by BIGINT;
ALTER TABLE account ADD COLUMN outage TEXT;
ALTER TABLE account ADD COLUMN opened_at BIGINT;
ALTER TABLE account ADD COLUMN probe_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN paused_at BIGINT;

CREATE TABLE heartbeat (
    worker TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);

CREATE TABLE alarm (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    since BIGINT NOT NULL,
    detail TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    cleared_at BIGINT
);
CREATE UNIQUE INDEX alarm_open ON alarm (office, kind, about) WHERE cleared_at IS NULL;
CREATE INDEX alarm_raised ON alarm (office, raised_at);

CREATE TABLE alarm_letter (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    alarm BIGINT NOT NULL REFERENCES alarm(id),
    step TEXT NOT NULL,
    recipient TEXT NOT NULL,
    lang TEXT NOT NULL,
    detail TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    failure TEXT,
    letter TEXT,
    sent_at BIGINT,
    UNIQUE (alarm, step, recipient)
);
CREATE INDEX alarm_letter_waiting ON alarm_letter (office, next_at) WHERE state = 'waiting';
CREATE INDEX delivery_refused ON delivery (office, id) WHERE state = 'rejected';
