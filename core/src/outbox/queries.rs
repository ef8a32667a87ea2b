//! Queries of an outbox: its report, and single messages.

use alloc::vec::Vec;

use crate::outbox::answers::OutboxMessage;
use crate::outbox::error::OutboxError;
use crate::outbox::frame::{self, Framed};
use crate::outbox::record::Record;
use crate::outbox::report::{MessageState, OutboxReport};
use crate::outbox::state_machine::Outbox;
use crate::types::time::UnixTime;

impl Outbox {
    /// Returns the vendor and the call, such as `zagely.messages.send`.
    #[must_use]
    pub fn call(&self) -> &str {
        &self.header.call
    }

    /// Returns the time at which the journal was begun.
    #[must_use]
    pub fn created(&self) -> UnixTime {
        UnixTime::from_millis(self.header.created)
    }

    /// Returns the messages, counted by their states.
    #[must_use]
    pub fn report(&self) -> OutboxReport {
        let mut reasons: Vec<_> = self.reasons.iter().filter(|(_, count)| *count > 0).cloned().collect();
        reasons.sort_by(|(left, many), (right, more)| more.cmp(many).then_with(|| left.cmp(right)));
        OutboxReport {
            total: self.messages.len() as u64,
            waiting: self.count(MessageState::Waiting),
            in_flight: self.count(MessageState::InFlight),
            in_doubt: self.count(MessageState::InDoubt),
            sent: self.count(MessageState::Sent),
            refused: self.count(MessageState::Refused),
            refused_by_reason: reasons,
            unknown: self.count(MessageState::Unknown),
            is_closed: self.is_closed,
        }
    }

    /// Returns the reason why nothing is sent any more, as [`Next::Stopped`](crate::outbox::Next::Stopped) does.
    #[must_use]
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// Returns the state of a message, or `None` for a number that no message has.
    #[must_use]
    pub fn state(&self, number: u32) -> Option<MessageState> {
        self.messages.get(number as usize).map(|message| message.state)
    }

    /// Returns the reason of a refused or unknown message.
    #[must_use]
    pub fn reason(&self, number: u32) -> Option<&str> {
        let message = self.messages.get(number as usize)?;
        let reason = self.reasons.get(usize::from(message.reason))?;
        let has_reason = matches!(message.state, MessageState::Refused | MessageState::Unknown);
        has_reason.then_some(reason.0.as_str())
    }

    /// Returns the numbers of the messages in a state.
    pub fn numbers(&self, state: MessageState) -> impl Iterator<Item = u32> {
        let messages = (0_u32..).zip(&self.messages);
        messages.filter(move |(_, message)| message.state == state).map(|(number, _)| number)
    }

    /// Returns the number of the message with this id.
    #[must_use]
    pub fn number_of(&self, id: &str) -> Option<u32> {
        self.index.get(&self.digest(b"id", id), |number| self.messages[number as usize].id)
    }

    /// Returns the position of a message in the journal, and the number of bytes to read there.
    #[must_use]
    pub fn place(&self, number: u32) -> Option<(u64, u32)> {
        self.messages.get(number as usize).map(|message| (message.position, message.length))
    }

    /// Reads a message from the bytes at its place in the journal.
    ///
    /// # Errors
    /// [`OutboxError::OtherBytes`].
    pub fn message(&self, number: u32, bytes: &[u8]) -> Result<OutboxMessage, OutboxError> {
        let (position, _) = self.place(number).ok_or(OutboxError::OtherBytes(number))?;
        let Framed::Content(content) = frame::read(&self.header.id, position, bytes, true) else {
            return Err(OutboxError::OtherBytes(number));
        };
        match Record::decode(content) {
            Some(Record::Added { id, row, fields }) => {
                let reason = self.reason(number).map(Into::into);
                Ok(OutboxMessage { number, id, row, fields, reason })
            }
            _ => Err(OutboxError::OtherBytes(number)),
        }
    }

    /// Returns the bytes of a message in memory, and the number of slots of the index.
    #[cfg(test)]
    pub(super) fn memory(&self) -> (usize, usize) {
        (size_of_val(&self.messages[0]), self.index.slots())
    }
}
