//! The decision about a delivery, and the changes that a claim makes.

use core::time::Duration;

use crate::inbox::entry::{Entry, Status};
use crate::inbox::tuning::tuning;
use crate::types::time::UnixTime;

/// A change for the store to make: write `entry` if the stored entry is still `expected`.
///
/// A store compares the encoded bytes. `expected` is `None` if the store must have no entry. If the store refuses a
/// change, another holder was faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Change {
    /// The entry that the store must have, or `None` if it must have none.
    pub expected: Option<Entry>,
    /// The new entry.
    pub entry: Entry,
}

/// A decision about a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// Handle the event, after [`Claim::change`] was stored.
    Handle(Claim),
    /// The event was handled before. Respond with a success, after the change was stored.
    Duplicate(Option<Change>),
    /// Another holder handles the event. Respond with an error; the lease ends after this time.
    Busy(Duration),
    /// The last attempt failed. Respond with an error; the next attempt is due after this time.
    TooEarly(Duration),
    /// The event is not handled any more. Respond with an error, after the change was stored.
    Poisoned(Option<Change>),
}

impl Decision {
    /// Returns the name of the decision: `handle`, `duplicate`, `busy`, `too_early` or `poisoned`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Handle(_) => "handle",
            Self::Duplicate(_) => "duplicate",
            Self::Busy(_) => "busy",
            Self::TooEarly(_) => "too_early",
            Self::Poisoned(_) => "poisoned",
        }
    }

    /// Returns the right to handle the event, if it must be handled.
    #[must_use]
    pub const fn claim(&self) -> Option<&Claim> {
        match self {
            Self::Handle(claim) => Some(claim),
            _ => None,
        }
    }

    /// Returns the change to store before the event is handled or the response is sent, if there is one.
    #[must_use]
    pub const fn change(&self) -> Option<Change> {
        match *self {
            Self::Handle(claim) => Some(claim.change),
            Self::Duplicate(change) | Self::Poisoned(change) => change,
            Self::Busy(_) | Self::TooEarly(_) => None,
        }
    }

    /// Returns the time after which another delivery can succeed, if it is known.
    #[must_use]
    pub const fn wait(&self) -> Option<Duration> {
        match *self {
            Self::Busy(wait) | Self::TooEarly(wait) => Some(wait),
            _ => None,
        }
    }
}

/// The right to handle an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub(super) change: Change,
    pub(super) max_attempts: u32,
}

impl Claim {
    /// Returns the claim that makes this change. A host that keeps the bytes of the entries instead of the claim restores the claim with this
    /// function.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_change(change: Change, max_attempts: u32) -> Self {
        Self { change, max_attempts }
    }

    /// Returns the change that makes the claim.
    ///
    /// If the store refuses it, another holder was faster: respond with an error.
    pub const fn change(&self) -> Change {
        self.change
    }

    /// Returns the number of the attempt, from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.change.entry.attempts
    }

    /// Returns the fencing token. Each claim of an event has a larger one. A system that stores the largest token can refuse
    /// a holder whose lease has ended.
    #[must_use]
    pub const fn token(&self) -> u64 {
        self.change.entry.token
    }

    /// Returns the end of the lease. In transactional mode it is the time of the claim.
    #[must_use]
    pub const fn lease_end(&self) -> UnixTime {
        UnixTime::from_millis(self.change.entry.until)
    }

    /// Returns the change after a success, or `None` in transactional mode, in which the claim is the mark.
    ///
    /// If the store refuses the change, the lease has ended and another holder has the event: respond with an error.
    #[must_use]
    pub fn done(&self, now: UnixTime) -> Option<Change> {
        (self.change.entry.status == Status::Leased).then(|| self.end(Status::Done, now, 0))
    }

    /// Returns the change after a failure: the next attempt is due after a wait, or the event is poisoned after the last
    /// attempt. In transactional mode, store it after the transaction was rolled back.
    pub fn failed(&self, now: UnixTime) -> Change {
        let attempts = self.change.entry.attempts;
        if attempts >= self.max_attempts {
            return self.poisoned(now);
        }
        let waits = tuning().retry_after;
        let number = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        self.end(Status::Failed, now, waits[number.min(waits.len() - 1)])
    }

    /// Returns the change after the handler rejected the event for good.
    pub fn poisoned(&self, now: UnixTime) -> Change {
        self.end(Status::Poisoned, now, 0)
    }

    fn end(&self, status: Status, now: UnixTime, wait: u64) -> Change {
        let claimed = self.change.entry;
        // A transaction that failed left the store as it was before the claim.
        let expected = if claimed.status == Status::Leased { Some(claimed) } else { self.change.expected };
        let at = now.as_millis();
        Change { expected, entry: Entry { status, at, until: at.saturating_add(wait), ..claimed } }
    }
}
