-- What people decide, and what is measured of voices. This file is never edited: a change is a new migration.

-- A record's revisions are only ever added. What they say stands apart in `record_body`, which can be removed for
-- good: the ledger and this table keep only a commitment to it, the SHA-256 of a random salt and the body.
CREATE TABLE record (
    kind        TEXT NOT NULL,
    id          TEXT NOT NULL,
    number      BIGINT NOT NULL,
    author_kind TEXT NOT NULL,
    author      TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    commitment  TEXT NOT NULL,
    ledger_seq  BIGINT NOT NULL UNIQUE REFERENCES ledger (seq),
    PRIMARY KEY (kind, id, number)
);
CREATE TABLE record_body (
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    number BIGINT NOT NULL,
    salt   TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (kind, id, number),
    FOREIGN KEY (kind, id, number) REFERENCES record (kind, id, number)
);

CREATE TRIGGER record_is_never_changed BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never changed'); END;
CREATE TRIGGER record_is_never_deleted BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never deleted'); END;

-- The voices of a call: one set, replaced as a whole when they are measured again.
CREATE TABLE voiceprint_set (
    call        TEXT PRIMARY KEY REFERENCES call (id),
    of_revision TEXT NOT NULL REFERENCES revision (id),
    author      TEXT NOT NULL,
    ledger_seq  BIGINT NOT NULL UNIQUE REFERENCES ledger (seq)
);
-- Without a vector there was too little speech for a voiceprint. A vector is 32-bit floats, little-endian.
CREATE TABLE voiceprint (
    call       TEXT NOT NULL REFERENCES call (id),
    speaker    TEXT NOT NULL,
    model      TEXT,
    weights    TEXT,
    net_speech DOUBLE PRECISION NOT NULL,
    quality    DOUBLE PRECISION,
    vector     BLOB,
    PRIMARY KEY (call, speaker)
);
-- Whose voice was removed for good and is not measured again.
CREATE TABLE voiceprint_forgotten (
    call       TEXT NOT NULL REFERENCES call (id),
    speaker    TEXT NOT NULL,
    ledger_seq BIGINT NOT NULL REFERENCES ledger (seq),
    PRIMARY KEY (call, speaker)
);
