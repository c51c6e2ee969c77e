//! The one place that knows the catalog is SQLite: opening, migrations, integrity, and asking.

use crate::{Error, Result, files};
use earwitness_model::{Digest, canonical};
use rusqlite::{Connection, OpenFlags, Params, Row};
use serde::{Serialize, de::DeserializeOwned};
use std::{fs::OpenOptions, path::Path, time::Duration};

/// Numbered by their place; the catalog's `user_version` says how many were applied.
const MIGRATIONS: [&str; 4] = [
    include_str!("../migrations/0001_archive.sql"),
    include_str!("../migrations/0002_guards.sql"),
    include_str!("../migrations/0003_decisions.sql"),
    include_str!("../migrations/0004_documents.sql"),
];

/// How long a writer waits for another program.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens (or, for `init`, makes) the catalog for reading and writing, and brings it up to date.
pub fn open(path: &Path, make: bool) -> Result<Connection> {
    if make {
        // SQLite gives its -wal and -shm files the permissions of the database: make it ourselves first.
        OpenOptions::new().write(true).create_new(true).open(path).map_err(Error::io("make", path))?;
        files::set_mode(path, files::FILE)?;
    }
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(PATIENCE)?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(Error::NotWritable { what: "the file system does not let SQLite keep a write-ahead log".into() });
    }
    connection.pragma_update(None, "synchronous", "full")?;
    configure(&connection)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens the catalog for reading, also where nothing can be written (a write-protected stick, a mounted image). One of
/// an earlier version is brought up to date first, where it can be.
pub fn open_to_read(path: &Path) -> Result<Connection> {
    let known = MIGRATIONS.len() as i64;
    let connection = look(path)?;
    match version(&connection)? {
        found if found > known => return Err(Error::NewerVersion { found, known }),
        found if found == known => return Ok(connection),
        _ => drop(connection),
    }
    let outdated = |e| Error::NotWritable {
        what: format!("it is of an earlier version and must first be brought up to date where it can be written ({e})"),
    };
    drop(open(path, false).map_err(outdated)?);
    look(path)
}

fn look(path: &Path) -> Result<Connection> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let pending = std::fs::metadata(&wal).is_ok_and(|m| m.len() > 0);
    // Without a log nothing is under way, so SQLite may be told that the file stands still.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = if pending {
        Connection::open_with_flags(path, flags)?
    } else {
        let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags | OpenFlags::SQLITE_OPEN_URI)?
    };
    connection.busy_timeout(PATIENCE)?;
    configure(&connection)?;
    Ok(connection)
}

fn configure(connection: &Connection) -> Result<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // What is deleted is overwritten with zeros, and nothing of an archive spills into the system's temporary folder.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn version(connection: &Connection) -> Result<i64> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn migrate(connection: &mut Connection) -> Result<()> {
    let known = MIGRATIONS.len() as i64;
    if version(connection)? == known {
        return Ok(());
    }
    let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Asked again: another program may have migrated while we waited.
    let found = version(&tx)?;
    if found > known || found < 0 {
        return Err(Error::NewerVersion { found, known });
    }
    for migration in MIGRATIONS.iter().skip(found as usize) {
        tx.execute_batch(migration)?;
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

/// What the database says about its own pages; empty when they are whole.
pub fn integrity(connection: &Connection) -> Result<Vec<String>> {
    let mut faults: Vec<String> = all(connection, "PRAGMA integrity_check(20)", [], |row| Ok(row.get(0)?))?;
    faults.retain(|line| line != "ok");
    Ok(faults)
}

/// Rows that refer to rows that are not there, a hundred at most.
pub fn lost_references(connection: &Connection) -> Result<Vec<String>> {
    let mut faults = all(connection, "PRAGMA foreign_key_check", [], |row| {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        Ok(format!("a row of the table {table} refers to a row of {parent} that is not there"))
    })?;
    faults.truncate(100);
    Ok(faults)
}

/// Writes a table anew, inside a transaction. SQLite zeroes what it deletes and the pages it frees, but a page that was
/// split once may still hold an old copy of what moved out of it (seen with 1 to 3 of 150 deleted rows); pages that are
/// freed as a whole hold nothing. The table must have no index of its own and no trigger, and nothing may refer to it.
pub fn write_anew(connection: &Connection, table: &str) -> Result<()> {
    let sql = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?1";
    let made: Option<String> = first(connection, sql, [table], |row| Ok(row.get(0)?))?;
    let made = made.ok_or_else(|| Error::Damaged(format!("the table {table} is not there")))?;
    connection.execute_batch(&format!("ALTER TABLE {table} RENAME TO {table}_before"))?;
    connection.execute_batch(&made)?;
    connection
        .execute_batch(&format!("INSERT INTO {table} SELECT * FROM {table}_before; DROP TABLE {table}_before;"))?;
    Ok(())
}

/// Moves everything from the write-ahead log into the catalog and cuts the log to nothing. False where another
/// program is reading and it could not be done in time.
pub fn empty_log(connection: &Connection) -> Result<bool> {
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy: Option<i64> = first(connection, sql, [], |row| Ok(row.get(0)?))?;
    Ok(busy == Some(0))
}

/// All rows of a query.
pub fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    map: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_and_then(params, map)?.collect()
}

/// The first row of a query, where there is one.
pub fn first<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    map: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_and_then(params, map)?.next().transpose()
}

/// Runs one statement; how many rows it changed.
pub fn run(connection: &Connection, sql: &str, params: impl Params) -> Result<usize> {
    Ok(connection.prepare_cached(sql)?.execute(params)?)
}

/// The canonical JSON of a value, as columns keep it.
pub fn json<T: Serialize>(value: &T) -> Result<String> {
    Ok(canonical::to_text(value)?)
}

/// A column that holds JSON.
pub fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|e| Error::Damaged(format!("the column {column} cannot be read: {e}")))
}

/// A column that holds a text with a form of its own (a digest, a time), or nothing.
pub fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(row: &Row<'_>, column: &str) -> Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|t| t.parse().map_err(|e| Error::Damaged(format!("the column {column} cannot be read: {e}")))).transpose()
}

/// As [`parsed`], for a column that is never empty.
pub fn required<T: std::str::FromStr<Err: std::fmt::Display>>(row: &Row<'_>, column: &str) -> Result<T> {
    parsed(row, column)?.ok_or_else(|| Error::Damaged(format!("the column {column} is empty")))
}

/// A column that holds a digest.
pub fn digest(row: &Row<'_>, column: &str) -> Result<Digest> {
    required(row, column)
}

/// Gives each row of a query to `each`, without holding them all.
pub fn each(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    mut each: impl FnMut(&Row<'_>) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        each(row)?;
    }
    Ok(())
}
