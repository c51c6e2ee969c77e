-- Evidence that bears on what callers say: the bytes of documents, pictures, web captures and notes, sealed beside the
-- recordings. What they are and where they came from is said in records, which can be removed for good. This file is
-- never edited: a change is a new migration.

CREATE TABLE document (
    sha256     TEXT PRIMARY KEY,
    size       BIGINT NOT NULL,
    ledger_seq BIGINT NOT NULL UNIQUE REFERENCES ledger (seq)
);

CREATE TRIGGER document_is_never_changed BEFORE UPDATE ON document
BEGIN SELECT RAISE(ABORT, 'a document is never changed'); END;
CREATE TRIGGER document_is_never_deleted BEFORE DELETE ON document
BEGIN SELECT RAISE(ABORT, 'a document is never deleted'); END;
