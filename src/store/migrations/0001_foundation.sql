CREATE TABLE office (
    id TEXT PRIMARY KEY,
    described TEXT NOT NULL
);

CREATE TABLE person (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    lang TEXT NOT NULL,
    os_user TEXT,
    active BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (office, login)
);

CREATE TABLE token (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    person BIGINT NOT NULL REFERENCES person(id),
    label TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE item (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    reference TEXT NOT NULL,
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    event_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (office, reference),
    UNIQUE (office, slug)
);

CREATE TABLE revision (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    item BIGINT NOT NULL REFERENCES item(id),
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    act TEXT NOT NULL,
    reason TEXT,
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    author BIGINT NOT NULL REFERENCES person(id),
    created_at BIGINT NOT NULL,
    approved_by BIGINT REFERENCES person(id),
    approved_at BIGINT,
    release_at BIGINT,
    deadline_at BIGINT,
    UNIQUE (item, number)
);

CREATE TABLE attachment (
    office TEXT NOT NULL REFERENCES office(id),
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes {{blob}} NOT NULL,
    PRIMARY KEY (office, sha256)
);

CREATE TABLE account (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    name TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    not_before BIGINT NOT NULL,
    day TEXT NOT NULL,
    sent_that_day BIGINT NOT NULL,
    UNIQUE (office, name)
);

CREATE TABLE secret (
    office TEXT NOT NULL REFERENCES office(id),
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    sealed TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (office, account, name)
);

CREATE TABLE delivery (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    item BIGINT NOT NULL REFERENCES item(id),
    revision BIGINT NOT NULL REFERENCES revision(id),
    account BIGINT NOT NULL REFERENCES account(id),
    languages TEXT NOT NULL,
    key TEXT NOT NULL,
    action TEXT NOT NULL,
    state TEXT NOT NULL,
    queue TEXT NOT NULL,
    after BIGINT REFERENCES delivery(id),
    release_at BIGINT NOT NULL,
    deadline_at BIGINT,
    expires_at BIGINT,
    urgency BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    looks BIGINT NOT NULL,
    claimed_by TEXT,
    claimed_until BIGINT,
    since_at BIGINT,
    pending_step TEXT,
    pending_at BIGINT,
    objects TEXT NOT NULL,
    failure TEXT,
    post TEXT,
    post_hash TEXT,
    remote_id TEXT,
    url TEXT,
    evidence TEXT,
    settled_at BIGINT
);

CREATE INDEX delivery_waiting ON delivery (next_at) WHERE queue = 'waiting';
CREATE INDEX delivery_due ON delivery (account, urgency, id) WHERE queue = 'due';
CREATE INDEX delivery_held ON delivery (claimed_until) WHERE queue = 'held';
CREATE INDEX delivery_behind ON delivery (after) WHERE queue = 'behind';
CREATE INDEX delivery_of_item ON delivery (item, account, id);
CREATE INDEX delivery_open_deadline ON delivery (office, deadline_at) WHERE settled_at IS NULL;
CREATE INDEX delivery_for_person ON delivery (office, id) WHERE state = 'needs a person';

CREATE TABLE attempt (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    delivery BIGINT NOT NULL REFERENCES delivery(id),
    number BIGINT NOT NULL,
    worker TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT
);
CREATE INDEX attempt_of_delivery ON attempt (delivery, number);

CREATE TABLE ledger (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL,
    item BIGINT,
    delivery BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX ledger_of_item ON ledger (item, id);

CREATE TABLE page (
    office TEXT NOT NULL REFERENCES office(id),
    key TEXT NOT NULL,
    slug TEXT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    body TEXT NOT NULL,
    languages TEXT NOT NULL,
    post_hash TEXT NOT NULL,
    withdrawn BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (office, key),
    UNIQUE (office, slug)
);
CREATE INDEX page_newest ON page (office, published_at);

CREATE TABLE entry (
    office TEXT NOT NULL REFERENCES office(id),
    id TEXT NOT NULL,
    lang TEXT NOT NULL,
    category TEXT,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    link TEXT NOT NULL,
    enclosure TEXT,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (office, id)
);
CREATE INDEX entry_newest ON entry (office, lang, published_at);

CREATE TABLE sheet (
    office TEXT NOT NULL REFERENCES office(id),
    key TEXT NOT NULL,
    delivery BIGINT NOT NULL,
    html TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (office, delivery)
);
