CREATE TABLE restoration (
    id {{id}},
    office TEXT NOT NULL REFERENCES office(id),
    at BIGINT NOT NULL,
    since BIGINT NOT NULL
);
CREATE INDEX restoration_of_office ON restoration (office, at);
