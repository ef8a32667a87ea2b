//! The report: the messages of an outbox, counted by their states.

use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::closed_enum;

/// The states of a message.
#[closed_enum]
pub enum MessageState {
    /// It was not sent yet.
    Waiting,
    /// Its request is on its way.
    InFlight,
    /// It may have been sent. It is repeated with its key while the vendor knows the key.
    InDoubt,
    /// The vendor accepted it.
    Sent,
    /// It was refused, and not sent.
    Refused,
    /// It may have been sent, and is never repeated. Only the recipient or the vendor can tell.
    Unknown,
}

/// The messages of an outbox, counted by their states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboxReport {
    /// All messages.
    pub total: u64,
    /// Messages that were not sent yet.
    pub waiting: u64,
    /// Messages whose requests are on their way.
    pub in_flight: u64,
    /// Messages that may have been sent, and are repeated with their keys.
    pub in_doubt: u64,
    /// Messages that the vendor accepted.
    pub sent: u64,
    /// Messages that were refused.
    pub refused: u64,
    /// The refused messages by reason, the most frequent reason first. A reason contains no personal text.
    pub refused_by_reason: Vec<(String, u64)>,
    /// Messages that may have been sent, and are never repeated.
    pub unknown: u64,
    /// True if all messages were added.
    pub is_closed: bool,
}

impl OutboxReport {
    /// Returns the number of messages that have no outcome yet.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.waiting + self.in_flight + self.in_doubt
    }

    /// Returns `true` if all messages were added and each has its outcome.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_closed && self.left() == 0
    }
}
