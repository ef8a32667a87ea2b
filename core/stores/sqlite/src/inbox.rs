//! The inbox over a connection to SQLite.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use hudhud::UnixTime;
use hudhud::inbox::Status;
use hudhud::inbox::{Claim, Decision, Entry, Inbox, Mode, storage_key};
use hudhud::webhook::Verified;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use crate::LOCK_TIMEOUT;
use crate::error::Error;
use crate::journal::use_write_ahead_log;
use crate::receipt::{Lease, Outcome, Receipt};
use crate::table;

/// Marks the beginning of the handler in a transaction.
const BEGIN_HANDLER: &str = "SAVEPOINT hudhud_inbox_handler";
/// Fails if the transaction of the handler has ended.
const END_HANDLER: &str = "RELEASE hudhud_inbox_handler";

/// The wait in the response if another process was faster.
const SOON: Duration = Duration::from_secs(1);

/// An inbox in an SQLite database. It handles each event once.
#[derive(Debug)]
pub struct SqliteInbox {
    database: Connection,
    handling: Arc<AtomicBool>,
    lease: Duration,
    max_attempts: u32,
    clock: fn() -> UnixTime,
}

/// A handler that runs in a transaction. A commit by it would keep the mark of an event whose handler may still fail, so
/// SQLite turns it into an error that rolls back.
struct Handling<'a>(&'a AtomicBool);

impl<'a> Handling<'a> {
    fn begin(flag: &'a AtomicBool) -> Self {
        flag.store(true, Ordering::Relaxed);
        Self(flag)
    }
}

impl Drop for Handling<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// A delivery: its key, and the time until which its event is remembered.
struct Arrival {
    key: String,
    deduplicate_until: Option<UnixTime>,
}

impl SqliteInbox {
    /// Opens the database in a file, which may contain other tables. It uses write-ahead logging, so that readers do not wait.
    ///
    /// # Errors
    /// [`Error::Sqlite`], or [`Error::Version`] for tables of a later version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let database = Connection::open(path)?;
        database.busy_timeout(LOCK_TIMEOUT)?;
        use_write_ahead_log(&database)?;
        Self::new(database)
    }

    /// Uses a connection. Makes the tables, or changes those of an earlier version. Replaces the commit hook of the connection.
    ///
    /// # Errors
    /// [`Error::Sqlite`], or [`Error::Version`] for tables of a later version.
    pub fn new(mut database: Connection) -> Result<Self, Error> {
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        table::migrate(&transaction)?;
        transaction.commit()?;
        let handling = Arc::new(AtomicBool::new(false));
        let refuses = handling.clone();
        database.commit_hook(Some(move || refuses.load(Ordering::Relaxed)))?;
        Ok(Self {
            database,
            handling,
            lease: Duration::from_secs(30),
            max_attempts: 5,
            clock: || SystemTime::now().into(),
        })
    }

    /// Sets the length of a lease, from a second to an hour. Default 30 seconds.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Sets the number of attempts after which an event is poisoned, at least 1. Default 5.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Replaces the clock, for tests.
    #[must_use]
    pub fn clock(mut self, clock: fn() -> UnixTime) -> Self {
        self.clock = clock;
        self
    }

    /// Returns the connection.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.database
    }

    /// Handles the event of a delivery in a transaction, unless it was handled before. The rows that the handler writes are
    /// committed together with the mark of the event, and rolled back after an error. A commit by the handler fails with
    /// `SQLITE_CONSTRAINT_COMMITHOOK`, and rolls back.
    ///
    /// # Errors
    /// A fault of the store, or [`Error::Ended`]. The error of the handler is in the receipt.
    pub fn receive<T, E>(
        &mut self,
        delivery: &Verified<T>,
        handler: impl FnOnce(&T, &Transaction<'_>) -> Result<(), E>,
    ) -> Result<Receipt<E>, Error> {
        let (rules, arrival) = (self.rules(Mode::Transactional), Arrival::of(delivery));
        let clock = self.clock;
        let transaction = match self.database.transaction_with_behavior(TransactionBehavior::Immediate) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                return Ok(Receipt::new(Outcome::Busy, Some(SOON)));
            }
            begun => begun?,
        };
        let claim = match claim(&rules, &transaction, &arrival, clock())? {
            Ok(claim) => claim,
            Err(receipt) => {
                transaction.commit()?;
                return Ok(receipt);
            }
        };
        transaction.execute_batch(BEGIN_HANDLER)?;
        let handling = Handling::begin(&self.handling);
        let result = handler(delivery, &transaction);
        drop(handling);
        match result {
            Ok(()) => {
                // A transaction that the handler began has no mark, and no such savepoint.
                transaction.execute_batch(END_HANDLER).map_err(|error| {
                    if error.to_string().contains("no such savepoint") { Error::Ended } else { error.into() }
                })?;
                transaction.commit()?;
                Ok(Receipt::new(Outcome::Handled, None))
            }
            Err(error) => {
                if transaction.is_autocommit() {
                    // The handler has ended the transaction. The failure of a second end would hide its error.
                    drop(transaction);
                } else {
                    transaction.rollback()?;
                }
                self.fail(&rules, &arrival, &claim, error)
            }
        }
    }

    /// Handles the event of a delivery under a lease, unless it was handled before. After a crash it is handled again. The
    /// handler passes [`Lease::idempotency_key`] on to other services.
    ///
    /// # Errors
    /// A fault of the store. The error of the handler is in the receipt.
    pub fn receive_leased<T, E>(
        &mut self,
        delivery: &Verified<T>,
        handler: impl FnOnce(&T, &Lease) -> Result<(), E>,
    ) -> Result<Receipt<E>, Error> {
        let (rules, arrival) = (self.rules(Mode::Leased), Arrival::of(delivery));
        let claim = match claim(&rules, &self.database, &arrival, (self.clock)()) {
            Err(Error::Sqlite(error)) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                return Ok(Receipt::new(Outcome::Busy, Some(SOON)));
            }
            claimed => match claimed? {
                Ok(claim) => claim,
                Err(receipt) => return Ok(receipt),
            },
        };
        let lease = Lease {
            idempotency_key: arrival.key.clone(),
            token: claim.token(),
            attempt: claim.attempt(),
            ends_at: claim.lease_end(),
        };
        if let Err(error) = handler(delivery, &lease) {
            return self.fail(&rules, &arrival, &claim, error);
        }
        let is_stored = match claim.done((self.clock)()) {
            Some(change) => table::replace(&self.database, &arrival.key, &change)?,
            None => true,
        };
        let outcome = if is_stored { Outcome::Handled } else { Outcome::LeaseLost };
        Ok(Receipt::new(outcome, (!is_stored).then_some(SOON)))
    }

    /// Deletes entries whose deliveries cannot be repeated any more, at most 1,000. Returns their number. Call it once an hour.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn clean_up(&self) -> Result<usize, Error> {
        table::clean_up(&self.database, (self.clock)())
    }

    /// Returns the keys of all poisoned events.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn poisoned(&self) -> Result<Vec<String>, Error> {
        table::poisoned(&self.database)
    }

    /// Deletes the entry of an event, so that its next delivery is handled. Returns true if there was an entry.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn forget(&self, key: &str) -> Result<bool, Error> {
        table::forget(&self.database, key)
    }

    fn rules(&self, mode: Mode) -> Inbox {
        Inbox::new(mode).lease(self.lease).max_attempts(self.max_attempts)
    }

    /// Stores the failure of a handler.
    fn fail<E>(
        &self,
        rules: &Inbox,
        arrival: &Arrival,
        claim: &Claim,
        error: E,
    ) -> Result<Receipt<E>, Error> {
        let now = (self.clock)();
        let change = claim.failed(now);
        let is_stored = table::replace(&self.database, &arrival.key, &change)?;
        if !is_stored && claim.done(now).is_some() {
            return Ok(Receipt::new(Outcome::LeaseLost, Some(SOON)));
        }
        if change.entry.status() == Status::Poisoned {
            return Ok(Receipt::new(Outcome::Poisoned(Some(error)), None));
        }
        let wait = match rules.claim(Some(&change.entry), arrival.deduplicate_until, [0; 16], now) {
            Decision::TooEarly(wait) => Some(wait),
            _ => None,
        };
        Ok(Receipt::new(Outcome::Failed(error), wait))
    }
}

impl Arrival {
    fn of<T>(delivery: &Verified<T>) -> Self {
        Self { key: storage_key(delivery.replay_key()), deduplicate_until: delivery.deduplicate_until() }
    }
}

/// Claims the event, or returns the receipt of a delivery that is not handled.
fn claim<E>(
    rules: &Inbox,
    database: &Connection,
    arrival: &Arrival,
    now: UnixTime,
) -> Result<Result<Claim, Receipt<E>>, Error> {
    let mut holder = [0; 16];
    getrandom::fill(&mut holder).map_err(|_| Error::Random)?;
    let decide = |stored: Option<&Entry>| rules.claim(stored, arrival.deduplicate_until, holder, now);
    let busy = || Receipt::new(Outcome::Busy, Some(SOON));
    // An event without an entry is always claimed.
    let Decision::Handle(first) = decide(None) else { return Ok(Err(busy())) };
    let stored = table::put_or_get(database, &arrival.key, &first.change().entry)?;
    if stored == first.change().entry {
        return Ok(Ok(first));
    }
    let replace = |change| table::replace(database, &arrival.key, &change);
    let (outcome, change, wait) = match decide(Some(&stored)) {
        Decision::Handle(claim) => {
            return Ok(if replace(claim.change())? { Ok(claim) } else { Err(busy()) });
        }
        Decision::Duplicate(change) => (Outcome::Duplicate, change, None),
        Decision::Poisoned(change) => (Outcome::Poisoned(None), change, None),
        Decision::Busy(wait) => (Outcome::Busy, None, Some(wait)),
        Decision::TooEarly(wait) => (Outcome::TooEarly, None, Some(wait)),
    };
    if let Some(change) = change
        && !replace(change)?
    {
        return Ok(Err(busy()));
    }
    Ok(Err(Receipt::new(outcome, wait)))
}
