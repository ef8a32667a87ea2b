//! The result of a delivery, and the lease that a handler receives.

use std::time::Duration;

use hudhud::UnixTime;

/// The right to handle an event until a time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    /// The key to pass on to other services, so that they recognize a repetition. It is a valid
    /// [`IdempotencyKey`](hudhud::IdempotencyKey), with room for a prefix of 55 characters.
    pub idempotency_key: String,
    /// The fencing token, which grows with each attempt.
    pub token: u64,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// The end of the lease. After it another process can handle the event.
    pub ends_at: UnixTime,
}

/// The outcome of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome<E> {
    /// The handler has run.
    Handled,
    /// The handler had run before.
    Duplicate,
    /// Another process handles the event, or has locked the database.
    Busy,
    /// The last attempt failed a moment ago.
    TooEarly,
    /// The handler failed with this error. The event is handled again at a later delivery.
    Failed(E),
    /// The event is not handled any more: all attempts failed. The error is set if this delivery was the last attempt.
    Poisoned(Option<E>),
    /// The handler took longer than its lease, and another process has the event.
    LeaseLost,
}

/// The result of a delivery. Respond with [`http_status`](Self::http_status), and with `retry_after` as `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt<E> {
    /// The outcome.
    pub outcome: Outcome<E>,
    /// The time after which another delivery can succeed, if it is known.
    pub retry_after: Option<Duration>,
}

impl<E> Receipt<E> {
    pub(crate) const fn new(outcome: Outcome<E>, retry_after: Option<Duration>) -> Self {
        Self { outcome, retry_after }
    }

    /// Returns the status of the response to the vendor: 200, 500 for a poisoned event, otherwise 503.
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self.outcome {
            Outcome::Handled | Outcome::Duplicate => 200,
            Outcome::Poisoned(_) => 500,
            _ => 503,
        }
    }
}
