//! The errors of an outbox in a file.

use std::fmt::{self, Display, Formatter};
use std::io;

use hudhud::outbox::OutboxError;

/// An error of an outbox in a file.
#[derive(Debug)]
#[non_exhaustive]
pub enum OutboxFileError {
    /// The file cannot be used.
    File(io::Error),
    /// The journal has no record. Its outbox has not been opened yet.
    Empty,
    /// Another program uses the journal.
    InUse,
    /// The journal or a message is wrong.
    Outbox(OutboxError),
    /// The call of a message is invalid.
    Call(hudhud::Error),
    /// The call of a message has no recipient `to`, which is the default id.
    NoRecipient {
        /// The row of the message that was not added, or 0.
        row: u32,
    },
}

impl Display for OutboxFileError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => write!(formatter, "the journal of the outbox cannot be used: {error}"),
            Self::Empty => formatter.write_str("the journal of the outbox is empty: nothing was added to it"),
            Self::InUse => formatter
                .write_str("another program uses the journal of the outbox: wait until it ends, or stop it"),
            Self::Outbox(error) => Display::fmt(error, formatter),
            Self::Call(error) => Display::fmt(error, formatter),
            Self::NoRecipient { row } => {
                if *row > 0 {
                    write!(formatter, "row {row} of the list: ")?;
                }
                formatter.write_str("the message has no recipient `to`: add it with add_with_id")
            }
        }
    }
}

impl std::error::Error for OutboxFileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for OutboxFileError {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<OutboxError> for OutboxFileError {
    fn from(error: OutboxError) -> Self {
        Self::Outbox(error)
    }
}

impl From<hudhud::Error> for OutboxFileError {
    fn from(error: hudhud::Error) -> Self {
        Self::Call(error)
    }
}
