ALTER TABLE delivery ADD COLUMN seen TEXT;
ALTER TABLE delivery ADD COLUMN seen_at BIGINT;
CREATE INDEX delivery_disturbed ON delivery (office, id) WHERE seen IN ('changed', 'gone', 'cannot tell');

CREATE TABLE look (
    delivery BIGINT PRIMARY KEY REFERENCES delivery(id),
    account BIGINT NOT NULL REFERENCES account(id),
    stage TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    negatives BIGINT NOT NULL,
    blanks BIGINT NOT NULL,
    last TEXT
);
CREATE INDEX look_due ON look (account, next_at);
CREATE INDEX look_oldest ON look (next_at);

CREATE TABLE glance (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    delivery BIGINT NOT NULL REFERENCES delivery(id),
    stage TEXT NOT NULL,
    at BIGINT NOT NULL,
    finding TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX glance_of_delivery ON glance (delivery, id);
