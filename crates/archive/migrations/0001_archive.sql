-- The catalog of an archive. This file is never edited: a change is a new migration.

CREATE TABLE archive (
    id      TEXT PRIMARY KEY,
    made_at TEXT NOT NULL
);

-- The chain of custody. What is recorded here is written in the same transaction.
CREATE TABLE ledger (
    seq            BIGINT PRIMARY KEY,
    time           TEXT NOT NULL,
    actor          TEXT NOT NULL,
    act            TEXT NOT NULL,
    subject        TEXT NOT NULL,
    payload        TEXT NOT NULL,
    payload_sha256 TEXT NOT NULL,
    previous       TEXT NOT NULL UNIQUE,
    hash           TEXT NOT NULL UNIQUE
);
CREATE INDEX ledger_act ON ledger (act, seq);

CREATE TABLE recording (
    sha256      TEXT PRIMARY KEY,
    size        BIGINT NOT NULL,
    container   TEXT,
    codec       TEXT,
    sample_rate BIGINT,
    channels    BIGINT,
    duration    DOUBLE PRECISION,
    damage      TEXT,
    sound       TEXT,
    fingerprint BLOB,
    ledger_seq  BIGINT NOT NULL UNIQUE REFERENCES ledger (seq)
);

CREATE TABLE delivery (
    id          TEXT PRIMARY KEY,
    number      BIGINT NOT NULL UNIQUE,
    received_at TEXT NOT NULL,
    path        TEXT NOT NULL,
    source      TEXT NOT NULL,
    timezone    TEXT NOT NULL,
    table_name  TEXT,
    mapping     TEXT NOT NULL,
    options     TEXT NOT NULL,
    ledger_seq  BIGINT NOT NULL UNIQUE REFERENCES ledger (seq)
);
CREATE INDEX delivery_path ON delivery (path);

CREATE TABLE delivered_file (
    id         BIGINT PRIMARY KEY,
    delivery   TEXT NOT NULL REFERENCES delivery (id),
    name       TEXT NOT NULL,
    size       BIGINT,
    sha256     TEXT,
    recording  TEXT REFERENCES recording (sha256),
    verdict    TEXT NOT NULL,
    notes      TEXT NOT NULL,
    ledger_seq BIGINT NOT NULL UNIQUE REFERENCES ledger (seq)
);
CREATE INDEX delivered_file_name ON delivered_file (delivery, name);
CREATE INDEX delivered_file_sha256 ON delivered_file (sha256);

CREATE TABLE delivered_row (
    id          BIGINT PRIMARY KEY,
    delivery    TEXT NOT NULL REFERENCES delivery (id),
    line        BIGINT NOT NULL,
    written     TEXT NOT NULL,
    interpreted TEXT NOT NULL,
    file        TEXT,
    ledger_seq  BIGINT NOT NULL UNIQUE REFERENCES ledger (seq)
);
CREATE INDEX delivered_row_line ON delivered_row (delivery, line);

CREATE TABLE table_fault (
    id          BIGINT PRIMARY KEY,
    delivery    TEXT NOT NULL REFERENCES delivery (id),
    kind        TEXT NOT NULL,
    line        BIGINT,
    column_name TEXT,
    text        TEXT NOT NULL,
    ledger_seq  BIGINT NOT NULL UNIQUE REFERENCES ledger (seq)
);
CREATE INDEX table_fault_delivery ON table_fault (delivery, line);

CREATE TABLE call (
    id           TEXT PRIMARY KEY,
    recording    TEXT NOT NULL UNIQUE REFERENCES recording (sha256),
    started_at   TEXT,
    started_ms   BIGINT,
    duration     DOUBLE PRECISION NOT NULL,
    channels     BIGINT NOT NULL,
    from_written TEXT,
    from_e164    TEXT,
    to_written   TEXT,
    to_e164      TEXT,
    direction    TEXT,
    latitude     DOUBLE PRECISION,
    longitude    DOUBLE PRECISION,
    sector       TEXT,
    note         TEXT,
    ledger_seq   BIGINT NOT NULL UNIQUE REFERENCES ledger (seq)
);
CREATE INDEX call_started ON call (started_ms, id);

CREATE TABLE call_file (
    call     TEXT NOT NULL REFERENCES call (id),
    position BIGINT NOT NULL,
    name     TEXT NOT NULL,
    sha256   TEXT NOT NULL REFERENCES recording (sha256),
    PRIMARY KEY (call, position)
);
CREATE INDEX call_file_sha256 ON call_file (sha256);

-- `author_kind` and `language` repeat what `author` and `body` say, to be asked for.
CREATE TABLE revision (
    id          TEXT PRIMARY KEY,
    call        TEXT NOT NULL REFERENCES call (id),
    kind        TEXT NOT NULL,
    number      BIGINT NOT NULL,
    author_kind TEXT NOT NULL,
    author      TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    based_on    TEXT REFERENCES revision (id),
    language    TEXT,
    body        TEXT NOT NULL,
    ledger_seq  BIGINT NOT NULL UNIQUE REFERENCES ledger (seq),
    UNIQUE (call, kind, number)
);

-- Work to be done. Not evidence: what comes of it is a revision with its ledger entry.
CREATE TABLE job (
    id              BIGINT PRIMARY KEY,
    stage           TEXT NOT NULL,
    subject         TEXT NOT NULL REFERENCES call (id),
    input           TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'failed')),
    attempt         BIGINT NOT NULL,
    worker          TEXT,
    session         TEXT,
    leased_until_ms BIGINT,
    error           TEXT,
    enqueued_at     TEXT NOT NULL,
    started_at      TEXT,
    finished_at     TEXT,
    UNIQUE (stage, subject, input)
);
CREATE INDEX job_state ON job (state, stage, id);
