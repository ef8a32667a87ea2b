//! The store of a rate limiter. The Python package uses the same table.

use std::fmt::{self, Debug, Formatter};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hudhud::{RateLimiterStore, StoreError};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::LOCK_TIMEOUT;
use crate::journal::use_write_ahead_log;

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS hudhud_rate_limiter (name TEXT PRIMARY KEY, state BLOB NOT NULL)";
const LOAD: &str = "SELECT state FROM hudhud_rate_limiter WHERE name = ?1";
const INSERT: &str = "INSERT INTO hudhud_rate_limiter (name, state) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
const UPDATE: &str = "UPDATE hudhud_rate_limiter SET state = ?1 WHERE name = ?2 AND state = ?3";

/// A store of a rate limiter in an SQLite database. The processes of one machine share the limits of a key through it.
///
/// ```
/// use hudhud::SharedRateLimiter;
/// use hudhud_sqlite::SqliteRateLimiterStore;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("limits.db");
/// let store = SqliteRateLimiterStore::open(path, "zagely:main")?;
/// let limiter = SharedRateLimiter::with_store(store); // for Client::with_rate_limiter
/// # let _ = limiter;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteRateLimiterStore {
    database: Mutex<Connection>,
    name: String,
}

impl Debug for SqliteRateLimiterStore {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SqliteRateLimiterStore").field("name", &self.name).finish_non_exhaustive()
    }
}

impl SqliteRateLimiterStore {
    /// Opens the database in a file, which may contain other tables. It uses write-ahead logging, so that readers do not wait.
    /// `name` is the name of the limiter. Use one for each key of the vendor.
    ///
    /// # Errors
    /// A fault of SQLite.
    pub fn open(path: impl AsRef<Path>, name: impl Into<String>) -> Result<Self, rusqlite::Error> {
        let database = Connection::open(path)?;
        database.busy_timeout(LOCK_TIMEOUT)?;
        use_write_ahead_log(&database)?;
        // The last states may be lost when the machine stops: the limiter learns the limits again.
        database.pragma_update(None, "synchronous", "NORMAL")?;
        Self::new(database, name)
    }

    /// Uses a connection. Makes the table.
    ///
    /// # Errors
    /// A fault of SQLite.
    pub fn new(database: Connection, name: impl Into<String>) -> Result<Self, rusqlite::Error> {
        database.execute_batch(TABLE)?;
        Ok(Self { database: Mutex::new(database), name: name.into() })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // Each use is one statement, so a panic leaves nothing half done.
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RateLimiterStore for SqliteRateLimiterStore {
    fn load(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let database = self.lock();
        let mut statement = database.prepare_cached(LOAD)?;
        Ok(statement.query_row([&self.name], |row| row.get(0)).optional()?)
    }

    fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, StoreError> {
        let database = self.lock();
        let changed = match old {
            None => database.prepare_cached(INSERT)?.execute(params![self.name, new])?,
            Some(old) => database.prepare_cached(UPDATE)?.execute(params![new, self.name, old])?,
        };
        Ok(changed == 1)
    }
}
