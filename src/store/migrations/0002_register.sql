ALTER TABLE revision ADD COLUMN late_reason TEXT;

CREATE INDEX ledger_since ON ledger (office, at);
CREATE INDEX item_of_kind ON item (office, kind, created_at);

CREATE TABLE register (
    office TEXT PRIMARY KEY REFERENCES office(id),
    since BIGINT NOT NULL,
    refreshed_at BIGINT NOT NULL
);

CREATE TABLE obligation (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    key TEXT NOT NULL,
    rule TEXT NOT NULL,
    version TEXT NOT NULL,
    subject TEXT NOT NULL,
    item BIGINT REFERENCES item(id),
    title TEXT NOT NULL,
    unit TEXT NOT NULL,
    due TEXT,
    safe_by BIGINT,
    latest_by BIGINT,
    anchor_at BIGINT,
    state TEXT NOT NULL,
    met_at BIGINT,
    met_by BIGINT REFERENCES item(id),
    proof TEXT NOT NULL,
    reason TEXT,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    UNIQUE (office, key)
);
CREATE INDEX obligation_open ON obligation (office, safe_by) WHERE state = 'open';
CREATE INDEX obligation_of_item ON obligation (item);
CREATE INDEX obligation_met_by ON obligation (met_by);
CREATE INDEX obligation_anchor ON obligation (office, anchor_at);

CREATE TABLE obligation_version (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    obligation BIGINT NOT NULL REFERENCES obligation(id),
    version TEXT NOT NULL,
    rule TEXT NOT NULL,
    due TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX version_of_obligation ON obligation_version (obligation, id);

CREATE TABLE warning (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    obligation BIGINT NOT NULL REFERENCES obligation(id),
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
    UNIQUE (obligation, step, recipient)
);
CREATE INDEX warning_waiting ON warning (office, next_at) WHERE state = 'waiting';
CREATE INDEX warning_raised ON warning (office, raised_at);
