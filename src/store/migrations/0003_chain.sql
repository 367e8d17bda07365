ALTER TABLE ledger ADD COLUMN reference TEXT;
ALTER TABLE ledger ADD COLUMN key TEXT;
ALTER TABLE ledger ADD COLUMN seq BIGINT;
ALTER TABLE ledger ADD COLUMN hash TEXT;
UPDATE ledger SET item = (SELECT d.item FROM delivery d WHERE d.id = ledger.delivery) WHERE item IS NULL AND delivery IS NOT NULL;
UPDATE ledger SET reference = (SELECT i.reference FROM item i WHERE i.id = ledger.item), key = (SELECT d.key FROM delivery d WHERE d.id = ledger.delivery);
CREATE UNIQUE INDEX ledger_chain ON ledger (office, seq);
CREATE INDEX ledger_unlinked ON ledger (id) WHERE seq IS NULL;

CREATE TABLE head (
    office TEXT NOT NULL REFERENCES office(id),
    day TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (office, day)
);
