-- Against accidents: what is evidence is only ever added. (Against intent, `verify` compares with the ledger.)
-- The syntax of triggers is SQLite's own; another database gets its own form of this file.

CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'a ledger entry is never changed'); END;
CREATE TRIGGER ledger_is_never_deleted BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'a ledger entry is never deleted'); END;
CREATE TRIGGER revision_is_never_changed BEFORE UPDATE ON revision
BEGIN SELECT RAISE(ABORT, 'a revision is never changed'); END;
CREATE TRIGGER revision_is_never_deleted BEFORE DELETE ON revision
BEGIN SELECT RAISE(ABORT, 'a revision is never deleted'); END;
CREATE TRIGGER recording_is_never_changed BEFORE UPDATE ON recording
BEGIN SELECT RAISE(ABORT, 'a recording is never changed'); END;
CREATE TRIGGER recording_is_never_deleted BEFORE DELETE ON recording
BEGIN SELECT RAISE(ABORT, 'a recording is never deleted'); END;
CREATE TRIGGER delivered_file_is_never_changed BEFORE UPDATE ON delivered_file
BEGIN SELECT RAISE(ABORT, 'a delivered file is never changed'); END;
CREATE TRIGGER delivered_file_is_never_deleted BEFORE DELETE ON delivered_file
BEGIN SELECT RAISE(ABORT, 'a delivered file is never deleted'); END;
