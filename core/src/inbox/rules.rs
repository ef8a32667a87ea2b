//! The rules: the decision about a delivery, from the stored entry and the time.

use core::time::Duration;

use crate::inbox::claim::{Change, Claim, Decision};
use crate::inbox::entry::{Entry, Status, forgotten_at};
use crate::inbox::tuning::tuning;
use crate::types::time::UnixTime;

/// The longest lease.
const LONGEST_LEASE: Duration = Duration::from_secs(3_600);
/// The time after which a planted bug forgets deliveries without a tolerance.
const DAY: Duration = Duration::from_secs(86_400);

/// The way in which an event is marked as handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The claim is the mark. It is written in the same transaction as the handler's effects: they occur exactly once.
    Transactional,
    /// The claim is a lease, and the mark is written after the handler: its effects occur at least once.
    Leased,
}

/// An inbox. It decides about each delivery, so that each event is handled once.
///
/// It has no state. Each decision needs the stored [`Entry`] of the delivery's replay key, and the time. The clocks of all
/// machines must agree within the length of a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inbox {
    mode: Mode,
    lease: Duration,
    max_attempts: u32,
}

impl Inbox {
    /// Creates an inbox with leases of 30 seconds and five attempts.
    #[must_use]
    pub const fn new(mode: Mode) -> Self {
        Self { mode, lease: Duration::from_secs(30), max_attempts: 5 }
    }

    /// Sets the length of a lease, from a second to an hour. Default 30 seconds. The handler should take less time.
    /// After a crash, the event is not handled before the lease has ended.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.clamp(Duration::from_secs(1), LONGEST_LEASE);
        self
    }

    /// Sets the number of attempts after which an event is poisoned, at least 1. Default 5.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Decides about a delivery.
    ///
    /// `stored` is the entry of its replay key, if there is one. `deduplicate_until` is the time of
    /// [`Verified`](crate::webhook::Verified). `holder` is 16 random bytes.
    pub fn claim(
        &self,
        stored: Option<&Entry>,
        deduplicate_until: Option<UnixTime>,
        holder: [u8; 16],
        now: UnixTime,
    ) -> Decision {
        let retained_until = retention_end(deduplicate_until, now);
        let Some(stored) = stored else {
            return Decision::Handle(self.handle(None, retained_until, holder, now));
        };
        let prolonged = prolonged(stored, deduplicate_until, retained_until);
        match stored.status {
            Status::Done if tuning().remembers => Decision::Duplicate(prolonged),
            Status::Poisoned => Decision::Poisoned(prolonged),
            Status::Leased if let Some(left) = stored.left(now) => Decision::Busy(left),
            Status::Failed if let Some(left) = stored.left(now) => Decision::TooEarly(left),
            _ if stored.attempts >= self.max_attempts => {
                // The last holder crashed.
                let at = now.as_millis();
                let forget_at = retained_until.max(stored.forget_at);
                let entry = Entry { status: Status::Poisoned, at, until: at, forget_at, ..*stored };
                Decision::Poisoned(Some(Change { expected: Some(*stored), entry }))
            }
            _ => Decision::Handle(self.handle(
                Some(*stored),
                retained_until.max(stored.forget_at),
                holder,
                now,
            )),
        }
    }

    fn handle(&self, stored: Option<Entry>, forget_at: u64, holder: [u8; 16], now: UnixTime) -> Claim {
        let tuning = tuning();
        let (token, attempts) = stored.map_or((0, 0), |entry| (entry.token, entry.attempts));
        let (status, end) = match self.mode {
            Mode::Transactional => (Status::Done, now),
            Mode::Leased => (Status::Leased, now.after(self.lease)),
        };
        let entry = Entry {
            status,
            token: token.saturating_add(tuning.token_step),
            attempts: if tuning.counts_attempts { attempts.saturating_add(1) } else { 1 },
            holder: if tuning.names_holder { holder } else { [0; 16] },
            at: now.as_millis(),
            until: end.as_millis(),
            forget_at,
        };
        Claim { change: Change { expected: stored, entry }, max_attempts: self.max_attempts }
    }
}

/// Returns the time until which an entry is kept for a delivery.
fn retention_end(deduplicate_until: Option<UnixTime>, now: UnixTime) -> u64 {
    let tuning = tuning();
    let until =
        if tuning.keeps_forever { deduplicate_until } else { deduplicate_until.or(Some(now.after(DAY))) };
    let retained_until = until.map(|until| {
        let window = now.until(until).as_millis() * u128::from(tuning.retention_part) / 1_000;
        let window = u64::try_from(window).unwrap_or(u64::MAX);
        now.after(Duration::from_millis(window.saturating_add(tuning.retention_extra)))
    });
    forgotten_at(retained_until)
}

/// Returns the change that keeps an entry long enough for a later delivery, if it is not kept as long already.
fn prolonged(stored: &Entry, deduplicate_until: Option<UnixTime>, retained_until: u64) -> Option<Change> {
    let is_needed = tuning().prolongs
        && stored.forget_at < retained_until
        && stored.forget_at < forgotten_at(deduplicate_until);
    is_needed
        .then_some(Change { expected: Some(*stored), entry: Entry { forget_at: retained_until, ..*stored } })
}
