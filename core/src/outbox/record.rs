//! The records of a journal, and their contents as bytes: numbers in little-endian order, texts in UTF-8 after their length.

use alloc::string::String;
use alloc::vec::Vec;

use crate::outbox::frame::JournalId;

/// The longest content of a record other than the header and an added message.
pub(super) const LONGEST_OUTCOME: usize = 600;

/// The longest text within such a record.
const LONGEST_TEXT: usize = 255;

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// The first record.
    Header(Header),
    /// A message was added. Its number is the number of messages before it.
    Added { id: String, row: u32, fields: String },
    /// The message will be sent: written before its request leaves.
    Sending { number: u32, at: u64 },
    /// The vendor accepted the message.
    Sent { number: u32, message_id: String },
    /// The vendor or the library refused the message, for good.
    Refused { number: u32, reason: String },
    /// The attempt certainly had no effect.
    Returned { number: u32 },
    /// The attempt may have had its effect.
    Doubted { number: u32 },
    /// The fate of the message is unknown, and it is never repeated.
    Unknown { number: u32, reason: String },
    /// All messages were added.
    Closed,
}

/// The facts about a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) id: JournalId,
    /// The time at which the journal was begun, in milliseconds.
    pub(super) created: u64,
    /// True if the vendor knows repeated requests by their keys.
    pub(super) keyed: bool,
    /// The digest of the public key and the base URL.
    pub(super) sender: [u8; 8],
    /// The vendor and the call, such as `zagely.messages.send`.
    pub(super) call: String,
}

const HEADER: u8 = 1;
const ADDED: u8 = 2;
const SENDING: u8 = 3;
const SENT: u8 = 4;
const REFUSED: u8 = 5;
const RETURNED: u8 = 6;
const DOUBTED: u8 = 7;
const UNKNOWN: u8 = 8;
const CLOSED: u8 = 9;

/// Returns true if a content may be that of a record that is neither the header nor an added message.
pub(super) fn may_be_outcome(content: &[u8]) -> bool {
    content.len() <= LONGEST_OUTCOME && matches!(content.first(), Some(SENDING..=CLOSED))
}

/// Shortens a text, at the end of a character.
pub(super) fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_TEXT)]
}

impl Record {
    /// Returns the content of the record's frame.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Header(header) => {
                bytes.push(HEADER);
                bytes.extend_from_slice(&header.id);
                bytes.extend_from_slice(&header.created.to_le_bytes());
                bytes.push(u8::from(header.keyed));
                bytes.extend_from_slice(&header.sender);
                text(&header.call, &mut bytes);
            }
            Self::Added { id, row, fields } => {
                bytes.push(ADDED);
                bytes.extend_from_slice(&row.to_le_bytes());
                text(id, &mut bytes);
                text(fields, &mut bytes);
            }
            Self::Sending { number, at } => {
                numbered(SENDING, *number, &mut bytes);
                bytes.extend_from_slice(&at.to_le_bytes());
            }
            Self::Sent { number, message_id } => {
                numbered(SENT, *number, &mut bytes);
                text(shortened(message_id), &mut bytes);
            }
            Self::Refused { number, reason } => {
                numbered(REFUSED, *number, &mut bytes);
                text(shortened(reason), &mut bytes);
            }
            Self::Returned { number } => numbered(RETURNED, *number, &mut bytes),
            Self::Doubted { number } => numbered(DOUBTED, *number, &mut bytes),
            Self::Unknown { number, reason } => {
                numbered(UNKNOWN, *number, &mut bytes);
                text(shortened(reason), &mut bytes);
            }
            Self::Closed => bytes.push(CLOSED),
        }
        bytes
    }

    /// Reads the content of a frame. Returns `None` for contents that no record has.
    pub(super) fn decode(content: &[u8]) -> Option<Self> {
        let mut reader = Reader(content);
        let [kind] = reader.take()?;
        let record = match kind {
            HEADER => Self::Header(Header {
                id: reader.take()?,
                created: reader.u64()?,
                keyed: match reader.take()? {
                    [0] => false,
                    [1] => true,
                    _ => return None,
                },
                sender: reader.take()?,
                call: reader.text()?,
            }),
            ADDED => Self::Added { row: reader.u32()?, id: reader.text()?, fields: reader.text()? },
            SENDING => Self::Sending { number: reader.u32()?, at: reader.u64()? },
            SENT => Self::Sent { number: reader.u32()?, message_id: reader.text()? },
            REFUSED => Self::Refused { number: reader.u32()?, reason: reader.text()? },
            RETURNED => Self::Returned { number: reader.u32()? },
            DOUBTED => Self::Doubted { number: reader.u32()? },
            UNKNOWN => Self::Unknown { number: reader.u32()?, reason: reader.text()? },
            CLOSED => Self::Closed,
            _ => return None,
        };
        reader.0.is_empty().then_some(record)
    }
}

fn numbered(kind: u8, number: u32, bytes: &mut Vec<u8>) {
    bytes.push(kind);
    bytes.extend_from_slice(&number.to_le_bytes());
}

fn text(text: &str, bytes: &mut Vec<u8>) {
    // Fields have at most a megabyte, and other texts are shorter.
    bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

/// The rest of a content.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::try_from(self.u32()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        core::str::from_utf8(text).ok().map(String::from)
    }
}
