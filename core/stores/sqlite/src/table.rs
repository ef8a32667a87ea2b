//! The tables and statements. The Python package uses the same tables.

use hudhud::UnixTime;
use hudhud::inbox::{Change, Entry};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::Error;

/// The steps from one version of the tables to the next. Released steps never change.
const STEPS: [&str; 1] = [
    "CREATE TABLE hudhud_inbox (key TEXT PRIMARY KEY, status TEXT NOT NULL, entry BLOB NOT NULL, forget_at INTEGER);
     CREATE INDEX hudhud_inbox_forget_at ON hudhud_inbox (forget_at) WHERE forget_at IS NOT NULL;
     CREATE INDEX hudhud_inbox_poisoned ON hudhud_inbox (key) WHERE status = 'poisoned';",
];

/// Makes the tables, or changes those of an earlier version. A transaction must be open.
pub(crate) fn migrate(database: &Connection) -> Result<(), Error> {
    database.execute_batch("CREATE TABLE IF NOT EXISTS hudhud_inbox_version (version INTEGER NOT NULL)")?;
    let select = "SELECT max(version) FROM hudhud_inbox_version";
    let version = database.query_row(select, [], |row| row.get::<_, Option<i64>>(0))?.unwrap_or(0);
    let done = usize::try_from(version).map_err(|_| Error::Version(version))?;
    if done > STEPS.len() {
        return Err(Error::Version(version));
    }
    for (number, step) in STEPS.iter().enumerate().skip(done) {
        database.execute_batch(step)?;
        let next = i64::try_from(number + 1).unwrap_or(i64::MAX);
        database.execute("INSERT INTO hudhud_inbox_version (version) VALUES (?1)", [next])?;
    }
    Ok(())
}

/// Stores an entry if the key has none. Returns the stored entry.
pub(crate) fn put_or_get(database: &Connection, key: &str, entry: &Entry) -> Result<Entry, Error> {
    let mut statement = database.prepare_cached(
        "INSERT INTO hudhud_inbox (key, status, entry, forget_at) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (key) DO UPDATE SET entry = hudhud_inbox.entry RETURNING entry",
    )?;
    let values = params![key, entry.status().as_str(), entry.encode(), millis(entry)];
    let bytes = statement.query_row(values, |row| row.get::<_, Vec<u8>>(0))?;
    Ok(Entry::decode(&bytes)?)
}

/// Stores an entry if the stored one is as expected.
pub(crate) fn replace(database: &Connection, key: &str, change: &Change) -> Result<bool, Error> {
    let Change { expected, entry } = change;
    let (status, forget_at) = (entry.status().as_str(), millis(entry));
    let count = match expected {
        Some(expected) => database
            .prepare_cached(
                "UPDATE hudhud_inbox SET status = ?1, entry = ?2, forget_at = ?3 WHERE key = ?4 AND entry = ?5",
            )?
            .execute(params![status, entry.encode(), forget_at, key, expected.encode()])?,
        None => database
            .prepare_cached(
                "INSERT INTO hudhud_inbox (key, status, entry, forget_at) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (key) DO NOTHING",
            )?
            .execute(params![key, status, entry.encode(), forget_at])?,
    };
    Ok(count == 1)
}

/// Deletes at most 1,000 entries whose time has passed.
pub(crate) fn clean_up(database: &Connection, now: UnixTime) -> Result<usize, Error> {
    let now = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    Ok(database.execute(
        "DELETE FROM hudhud_inbox WHERE key IN \
         (SELECT key FROM hudhud_inbox WHERE forget_at <= ?1 LIMIT 1000)",
        [now],
    )?)
}

/// Returns the keys of all poisoned events.
pub(crate) fn poisoned(database: &Connection) -> Result<Vec<String>, Error> {
    let mut statement =
        database.prepare_cached("SELECT key FROM hudhud_inbox WHERE status = 'poisoned' ORDER BY key")?;
    let keys = statement.query_map([], |row| row.get(0))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

/// Deletes an entry. Returns true if it existed.
pub(crate) fn forget(database: &Connection, key: &str) -> Result<bool, Error> {
    let deleted =
        database.query_row("DELETE FROM hudhud_inbox WHERE key = ?1 RETURNING 1", [key], |_| Ok(()));
    Ok(deleted.optional()?.is_some())
}

/// SQLite has signed numbers. An entry with a time beyond their range is kept for an unlimited time.
fn millis(entry: &Entry) -> Option<i64> {
    entry.forget_at().and_then(|time| i64::try_from(time.as_millis()).ok())
}
