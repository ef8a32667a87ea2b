//! The journal of a database.

use rusqlite::{Connection, ErrorCode};

/// Sets the mode in which readers do not wait for writers. The database keeps it. While another process writes, SQLite refuses
/// the change without a wait. The stores work without it too, and a later connection tries again.
pub(crate) fn use_write_ahead_log(database: &Connection) -> Result<(), rusqlite::Error> {
    match database.pragma_update(None, "journal_mode", "WAL") {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
        changed => changed,
    }
}
