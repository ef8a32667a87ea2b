//! The decisions of core's inbox. The hosts store and compare the bytes of entries, and do not interpret them.

use std::time::Duration;

use hudhud::inbox::{self, Change, Decision, Entry, Inbox, Mode};
use hudhud::{Error, UnixTime};

use crate::error::HudhudError;

/// A decision about a delivery. Times are in milliseconds.
#[derive(Debug, uniffi::Object)]
pub struct InboxDecision(Decision);

/// A change of the store: write `entry` if the stored entry is still `expected`.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct InboxEntryChange {
    /// The stored entry, or nothing if the store must have no entry.
    pub expected: Option<Vec<u8>>,
    /// The new entry.
    pub entry: Vec<u8>,
    /// The new status: `leased`, `failed`, `done` or `poisoned`.
    pub status: String,
    /// The time from which the entry may be deleted. Absent if it is kept for an unlimited time.
    pub forget_at: Option<i64>,
}

impl From<Change> for InboxEntryChange {
    fn from(change: Change) -> Self {
        let bytes = |entry: Entry| entry.encode().to_vec();
        Self {
            expected: change.expected.map(bytes),
            entry: bytes(change.entry),
            status: change.entry.status().as_str().into(),
            forget_at: change.entry.forget_at().map(millis),
        }
    }
}

#[uniffi::export]
impl InboxDecision {
    /// Decides about a delivery. `stored` is the stored entry of its key. `deduplicate_until` is in seconds, as in the
    /// delivery. `holder` is 16 random bytes.
    #[uniffi::constructor]
    pub fn new(
        is_transactional: bool,
        lease: u64,
        max_attempts: u64,
        stored: Option<Vec<u8>>,
        deduplicate_until: Option<i64>,
        holder: Vec<u8>,
        now: i64,
    ) -> Result<Self, HudhudError> {
        let mode = if is_transactional { Mode::Transactional } else { Mode::Leased };
        let inbox = Inbox::new(mode)
            .lease(Duration::from_millis(lease))
            .max_attempts(u32::try_from(max_attempts).unwrap_or(u32::MAX));
        let stored = stored.as_deref().map(Entry::decode).transpose();
        let stored = stored.map_err(|error| Error::invalid("entry", error.to_string()))?;
        let holder = holder.try_into().map_err(|_| Error::invalid("holder", "expected 16 bytes"))?;
        let until = deduplicate_until.map(|until| UnixTime::from_secs(u64::try_from(until).unwrap_or(0)));
        Ok(Self(inbox.claim(stored.as_ref(), until, holder, time(now))))
    }

    /// Returns the decision: `handle`, `duplicate`, `busy`, `too_early` or `poisoned`.
    pub fn kind(&self) -> String {
        self.0.as_str().into()
    }

    /// Returns the time after which another delivery can succeed, if it is known.
    pub fn wait(&self) -> Option<u64> {
        self.0.wait().map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
    }

    /// Returns the change to store before the event is handled or the response is sent, if there is one.
    pub fn change(&self) -> Option<InboxEntryChange> {
        self.0.change().map(Into::into)
    }

    /// Returns the number of the attempt, from 1. 0 if the event is not handled.
    pub fn attempt(&self) -> u64 {
        self.0.claim().map_or(0, |claim| claim.attempt().into())
    }

    /// Returns the fencing token. 0 if the event is not handled.
    pub fn token(&self) -> i64 {
        self.0.claim().map_or(0, |claim| i64::try_from(claim.token()).unwrap_or(i64::MAX))
    }

    /// Returns the end of the lease. 0 if the event is not handled.
    pub fn lease_end(&self) -> i64 {
        self.0.claim().map_or(0, |claim| millis(claim.lease_end()))
    }

    /// Returns the change after a success. A transactional claim has none.
    pub fn done(&self, now: i64) -> Option<InboxEntryChange> {
        self.0.claim()?.done(time(now)).map(Into::into)
    }

    /// Returns the change after a failure.
    pub fn failed(&self, now: i64) -> Option<InboxEntryChange> {
        Some(self.0.claim()?.failed(time(now)).into())
    }

    /// Returns the change after the handler rejected the event for good.
    pub fn poisoned(&self, now: i64) -> Option<InboxEntryChange> {
        Some(self.0.claim()?.poisoned(time(now)).into())
    }
}

/// Checks the settings of an inbox. `lease` is in milliseconds.
#[uniffi::export]
pub fn check_inbox(lease: i64, max_attempts: i64) -> Result<(), HudhudError> {
    if !(1_000..=3_600_000).contains(&lease) {
        return Err(Error::invalid("lease", "expected a duration from 1 second to 1 hour").into());
    }
    if max_attempts < 1 {
        return Err(Error::invalid("max_attempts", "expected a number of attempts >= 1").into());
    }
    Ok(())
}

/// Converts a replay key to the key under which a store keeps the event.
#[uniffi::export]
pub fn inbox_key(replay_key: String) -> String {
    inbox::storage_key(&replay_key)
}

fn time(millis: i64) -> UnixTime {
    UnixTime::from_millis(u64::try_from(millis).unwrap_or(0))
}

fn millis(time: UnixTime) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
