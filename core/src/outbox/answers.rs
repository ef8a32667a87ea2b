//! The results that an outbox returns: the message that is sent next, and a message as it was added.

use alloc::string::String;
use core::fmt::{self, Debug, Formatter};
use core::time::Duration;

use crate::types::idempotency_key::IdempotencyKey;

/// A message that may be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// The number of the message, from 0, in the order in which messages were added.
    pub number: u32,
    /// The idempotency key of the call, if the vendor accepts one.
    pub key: Option<IdempotencyKey>,
    /// The longest time for the call, with its retries and waits: ten minutes, or less if the vendor may forget the key
    /// earlier.
    pub deadline: Option<Duration>,
    /// The position of the message in the journal, in bytes.
    pub position: u64,
    /// The number of bytes to read there, for [`Outbox::message`](crate::outbox::Outbox::message).
    pub length: u32,
}

/// The result of [`Outbox::next`](crate::outbox::Outbox::next).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// Write the records, make them durable, and send this message.
    Send(Claim),
    /// Ask again after this time, or after the next outcome.
    Wait(Duration),
    /// All remaining messages are in flight. Ask again after the next outcome.
    Busy,
    /// The outbox has stopped for this reason. A person must act. Then [`Outbox::restart`](crate::outbox::Outbox::restart)
    /// continues.
    Stopped(String),
    /// Each message has its outcome.
    Done,
}

/// The result of [`Outbox::add`](crate::outbox::Outbox::add).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// The message is new. It has this number.
    New(u32),
    /// The outbox already had the same message, under this number.
    Known(u32),
}

/// A message as it was added.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboxMessage {
    /// The number, from 0, in the order in which messages were added.
    pub number: u32,
    /// The id, such as the recipient.
    pub id: String,
    /// The message's row in a list, or 0.
    pub row: u32,
    /// The fields of the call, as a JSON object.
    pub fields: String,
    /// The reason of a refusal or of an unknown outcome, such as `transport: timeout`. It contains no personal text.
    pub reason: Option<String>,
}

/// Shows the number, the row and the reason. The id and the fields are personal.
impl Debug for OutboxMessage {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("OutboxMessage");
        shown.field("number", &self.number).field("row", &self.row).field("reason", &self.reason);
        shown.finish_non_exhaustive()
    }
}
