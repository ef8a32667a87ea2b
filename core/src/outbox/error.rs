//! The errors of an outbox and of its journal.

use core::fmt::{self, Display, Formatter};

/// An error of an outbox. It names no recipient and no text of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutboxError {
    /// The file is not the journal of an outbox.
    NotAJournal,
    /// A version of the journal that this release does not know.
    Version,
    /// The file ends before the end of its header. Without it nothing is known of the messages that were sent.
    Cut,
    /// A damaged record, with its position in bytes. Other records follow it, so it is not an incomplete record at the end of
    /// the journal.
    Damaged(u64),
    /// The journal belongs to another call, such as `send_text` of the other vendor.
    OtherCall,
    /// The journal belongs to another public key or another base URL.
    OtherSender,
    /// The outbox has another message under the same id.
    Differs {
        /// The number of that message.
        number: u32,
        /// The row of the message that was not added, or 0.
        row: u32,
    },
    /// The outbox was closed: it takes no more messages.
    Closed {
        /// The row of the message that was not added, or 0.
        row: u32,
    },
    /// The id is empty or has more than 255 bytes.
    Id {
        /// The row of the message that was not added, or 0.
        row: u32,
    },
    /// The fields of the message are not a JSON object, or have more than a megabyte.
    Fields {
        /// The row of the message that was not added, or 0.
        row: u32,
    },
    /// The outbox has as many messages as it can number.
    Full,
    /// No message with this number is waiting for its outcome.
    NotInFlight(u32),
    /// The journal has damaged bytes, or another message, at the place of the message with this number.
    OtherBytes(u32),
}

impl Display for OutboxError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if let Self::Differs { row, .. } | Self::Closed { row } | Self::Id { row } | Self::Fields { row } =
            self
            && *row > 0
        {
            write!(formatter, "row {row} of the list: ")?;
        }
        match self {
            Self::NotAJournal => formatter
                .write_str("the file is not the journal of an outbox: choose another name for the journal"),
            Self::Version => formatter.write_str(
                "the journal of the outbox has a version that this release does not know: update hudhud",
            ),
            Self::Cut => formatter.write_str(
                "the journal of the outbox is cut off within its first record: restore it from a backup, because a new \
                 journal could send messages twice; if nothing was sent with it, delete it",
            ),
            Self::Damaged(position) => write!(
                formatter,
                "the journal of the outbox is damaged at byte {position}: restore it from a backup; continuing could \
                 send messages twice"
            ),
            Self::OtherCall => formatter
                .write_str("the journal of the outbox belongs to another call: use the call that it was begun with"),
            Self::OtherSender => formatter.write_str(
                "the journal of the outbox belongs to another key or another base URL: use those that it was begun \
                 with, because another key could send messages twice; if no message of the journal is sent or unknown, \
                 delete the journal and begin again",
            ),
            Self::Differs { number, .. } => write!(
                formatter,
                "the outbox has another message under this id (message {number}): give the new message its own id \
                 (the default id is the recipient), or use a new journal"
            ),
            Self::Closed { .. } => {
                formatter.write_str("the outbox is closed and takes no more messages: use a new journal")
            }
            Self::Id { .. } => formatter.write_str("the id of a message must have 1 to 255 bytes"),
            Self::Fields { .. } => formatter
                .write_str("the fields of a message must be a JSON object of at most 1,000,000 bytes"),
            Self::Full => formatter.write_str("the outbox is full: it has 4,294,967,295 messages; use another journal for the others"),
            Self::NotInFlight(number) => write!(
                formatter,
                "message {number} of the outbox is not in flight: report one outcome for each message that was sent"
            ),
            Self::OtherBytes(number) => write!(
                formatter,
                "the journal of the outbox does not have message {number} at its place: another program changed the file; \
                 restore it from a backup"
            ),
        }
    }
}

impl core::error::Error for OutboxError {}
