//! The reader of a journal: from its bytes to the outbox, in pieces of any size.

use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use crate::outbox::error::OutboxError;
use crate::outbox::frame::{self, ANY_MAGIC, Framed, HEAD, MAGIC};
use crate::outbox::record::{LONGEST_OUTCOME, Record, may_be_outcome};
use crate::outbox::rules::rules;
use crate::outbox::state_machine::Outbox;
use crate::types::time::UnixTime;

/// The longest start of a journal: the first bytes and the header.
const LONGEST_START: usize = MAGIC.len() + HEAD + 38 + LONGEST_CALL;

/// The longest name of a call that sends messages, with its vendor.
const LONGEST_CALL: usize = 32;

/// A reader of the journal of an [`Outbox`].
///
/// A journal may end within a record, because a program can be stopped while it writes. The reader recognizes this, and returns
/// the length to which the journal must be cut. Other damage is an error.
///
/// The reader needs memory for the outbox, the longest record and the current piece.
#[derive(Default)]
pub struct OutboxReader {
    outbox: Option<Outbox>,
    /// The bytes that were not read yet.
    buffer: Vec<u8>,
    /// The position of the buffer in the journal.
    position: u64,
    /// The end of the last record, if an invalid one follows it.
    broken: Option<u64>,
}

/// A journal that was read to its end.
#[derive(Debug)]
#[non_exhaustive]
pub struct OutboxJournal {
    /// The outbox, or `None` if the journal has no bytes. Then nothing was added and nothing was sent: begin the journal.
    pub outbox: Option<Outbox>,
    /// The length in bytes to which the journal must be cut before anything is appended.
    pub length: u64,
}

impl Debug for OutboxReader {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OutboxReader").field("position", &self.position).finish_non_exhaustive()
    }
}

impl OutboxReader {
    /// Creates a reader.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next piece of the journal.
    ///
    /// # Errors
    /// [`OutboxError::NotAJournal`], [`OutboxError::Version`], [`OutboxError::Damaged`].
    pub fn push(&mut self, piece: &[u8]) -> Result<(), OutboxError> {
        self.buffer.extend_from_slice(piece);
        let read = self.read(false)?;
        self.buffer.drain(..read);
        self.position += read as u64;
        Ok(())
    }

    /// Ends the journal. Messages that were in flight when the last program stopped are then in doubt, or unknown if they have no
    /// keys.
    ///
    /// # Errors
    /// [`OutboxError::Cut`], and those of [`OutboxReader::push`].
    pub fn finish(mut self, now: UnixTime) -> Result<OutboxJournal, OutboxError> {
        let read = self.read(true)?;
        let length = self.broken.unwrap_or(self.position + read as u64);
        let Some(mut outbox) = self.outbox else {
            // A journal that is begun has a whole header before anything is added. This one was cut later.
            let empty = OutboxJournal { outbox: None, length: 0 };
            return if self.buffer.is_empty() { Ok(empty) } else { Err(OutboxError::Cut) };
        };
        outbox.take_over(length, now);
        Ok(OutboxJournal { outbox: Some(outbox), length })
    }

    /// Reads records from the buffer. Returns the number of bytes that are not needed any more.
    fn read(&mut self, is_end: bool) -> Result<usize, OutboxError> {
        let mut at = 0;
        if self.outbox.is_none() {
            let Some(length) = self.begin()? else { return Ok(0) };
            at = length;
        }
        let Some(outbox) = &mut self.outbox else { return Ok(0) };
        let id = outbox.id();
        while self.broken.is_none() {
            let position = self.position + at as u64;
            match frame::read(&id, position, &self.buffer[at..], rules().checks_sums) {
                Framed::Content(content) => {
                    let length = HEAD + content.len();
                    let record = Record::decode(content).ok_or(OutboxError::Damaged(position))?;
                    outbox.apply(record, position, u32::try_from(length).unwrap_or(u32::MAX))?;
                    at += length;
                }
                Framed::Incomplete if !is_end => return Ok(at),
                Framed::Incomplete if at == self.buffer.len() => return Ok(at),
                Framed::Incomplete | Framed::Invalid => {
                    self.broken = Some(position);
                    at += 1;
                }
            }
        }
        self.search(at, is_end)
    }

    /// Reads the first bytes and the header. Returns their length, or `None` if they are not there yet.
    fn begin(&mut self) -> Result<Option<usize>, OutboxError> {
        let bytes = &self.buffer[..];
        let start = &bytes[..bytes.len().min(MAGIC.len())];
        if !MAGIC.starts_with(start) {
            let is_other = start.starts_with(ANY_MAGIC);
            return Err(if is_other { OutboxError::Version } else { OutboxError::NotAJournal });
        }
        let Some(rest) = bytes.get(MAGIC.len()..) else { return Ok(None) };
        let damaged = OutboxError::Damaged(MAGIC.len() as u64);
        // The header contains the id with which its own checksum was computed.
        let mut id = [0; 16];
        id.copy_from_slice(match rest.get(HEAD + 1..HEAD + 17) {
            Some(id) => id,
            None => return Ok(None),
        });
        match frame::read(&id, MAGIC.len() as u64, rest, true) {
            Framed::Content(content) => {
                let length = MAGIC.len() + HEAD + content.len();
                let Some(Record::Header(header)) = Record::decode(content) else { return Err(damaged) };
                self.outbox = Some(Outbox::with_header(header));
                Ok(Some(length))
            }
            Framed::Incomplete if bytes.len() <= LONGEST_START => Ok(None),
            Framed::Incomplete | Framed::Invalid => Err(damaged),
        }
    }

    /// Searches the rest for records after an invalid one, from here on. If there are any, the invalid one was not the last
    /// one, so that records were lost.
    fn search(&self, mut at: usize, is_end: bool) -> Result<usize, OutboxError> {
        let (Some(outbox), Some(broken)) = (&self.outbox, self.broken) else { return Ok(at) };
        let id = outbox.id();
        while at < self.buffer.len() {
            let rest = &self.buffer[at..];
            if rest.len() < HEAD + LONGEST_OUTCOME && !is_end {
                break;
            }
            let rest = &rest[..rest.len().min(HEAD + LONGEST_OUTCOME)];
            if rules().searches_rest
                && rest.get(HEAD..).is_some_and(|content| {
                    // Cheaper than a checksum, and false for nearly all positions.
                    let length = u32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
                    content.get(..length).is_some_and(may_be_outcome)
                })
                && let Framed::Content(_) = frame::read(&id, self.position + at as u64, rest, true)
            {
                return Err(OutboxError::Damaged(broken));
            }
            at += 1;
        }
        Ok(at)
    }
}
