//! The outbox: the next message to send, its key, and its outcome.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::endpoint::{Endpoint, EndpointSpec, Idempotency};
use crate::outbox::answers::{Added, Claim, Next};
use crate::outbox::canonical::canonical;
use crate::outbox::error::OutboxError;
use crate::outbox::frame::{self, JournalId, LONGEST, MAGIC, first};
use crate::outbox::index::{Digest, Index};
use crate::outbox::record::{Header, Record};
use crate::outbox::report::MessageState;
use crate::outbox::rules::rules;
use crate::service::Service;
use crate::text::hex;
use crate::types::closed_enum::ClosedEnum;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;

/// The most reasons that are distinguished.
const MOST_REASONS: usize = 1_000;

/// The reason that stands for all others.
const OTHER_REASON: &str = "other";

/// A message in memory. The journal holds its id and its fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message {
    pub(super) id: Digest,
    pub(super) fields: [u8; 8],
    pub(super) position: u64,
    pub(super) length: u32,
    /// The time, in seconds, of the first attempt whose effect is unknown, or of the attempt in flight.
    pub(super) since: u32,
    pub(super) state: MessageState,
    /// True if an attempt before the one in flight may have had its effect.
    pub(super) doubted: bool,
    pub(super) reason: u16,
}

/// A list of messages, each of which is sent once.
///
/// It is a state machine without I/O. The host appends the bytes of [`Outbox::take_records`] to a journal. It makes them
/// durable before it sends a message that [`Outbox::next`] returned. [`OutboxReader`](crate::outbox::OutboxReader) reads the
/// journal again. `docs/outbox.md` explains the rules.
///
/// Memory: 48 bytes for each message, and 8 to 16 for the index of ids. While a list grows, its old copy takes additional
/// memory: half of the new size.
#[derive(Clone)]
pub struct Outbox {
    pub(super) header: Header,
    pub(super) messages: Vec<Message>,
    pub(super) index: Index,
    /// The reasons of refused and unknown messages, each with the number of refused messages.
    pub(super) reasons: Vec<(String, u64)>,
    counts: [u64; MessageState::ALL.len()],
    pub(super) is_closed: bool,
    /// The length of the journal, with the records that were not taken yet.
    length: u64,
    records: Vec<u8>,
    /// The first message that may never have been claimed.
    cursor: usize,
    pub(super) returned: VecDeque<u32>,
    /// Messages in doubt, each with the time from which it is repeated.
    pub(super) doubts: VecDeque<(u32, u64)>,
    /// The latest time that the journal knows.
    latest: u64,
    pub(super) pause: Pause,
    pub(super) stopped: Option<String>,
    pub(super) refused_in_turn: u32,
    pub(super) most_refusals: u32,
}

/// A pause after a failure that concerns all messages.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pause {
    pub(super) end: u64,
    pub(super) length: u64,
    /// Pauses since the last success.
    pub(super) count: u32,
}

impl Debug for Outbox {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Outbox")
            .field("call", &self.header.call)
            .field("report", &self.report())
            .finish_non_exhaustive()
    }
}

impl Outbox {
    /// The number of refusals in a row after which the outbox stops.
    pub const MOST_REFUSALS: u32 = 20;

    /// Creates an empty outbox for a call of a service, such as [`SendMessage`](crate::zagely::SendMessage). `entropy`
    /// are random bytes of the host. Make the first records durable before you add messages.
    pub fn create<E: Endpoint>(service: &Service<E::Vendor>, entropy: [u8; 16], now: UnixTime) -> Self {
        Self::begun(E::SPEC, service.sender(), entropy, now)
    }

    /// Does the same as [`Outbox::create`] for a call by its row of the catalog, and for the digest of a sender.
    pub(super) fn begun(call: &EndpointSpec, sender: [u8; 8], entropy: [u8; 16], now: UnixTime) -> Self {
        let mut outbox = Self::with_header(Header {
            id: entropy,
            created: now.as_millis(),
            keyed: call.idempotency == Idempotency::Key,
            sender,
            call: name(call),
        });
        outbox.length = MAGIC.len() as u64;
        outbox.records.extend_from_slice(MAGIC);
        outbox.emit(&Record::Header(outbox.header.clone()));
        outbox
    }

    pub(super) fn with_header(header: Header) -> Self {
        Self {
            latest: header.created,
            header,
            messages: Vec::new(),
            index: Index::default(),
            reasons: Vec::new(),
            counts: [0; MessageState::ALL.len()],
            is_closed: false,
            length: 0,
            records: Vec::new(),
            cursor: 0,
            returned: VecDeque::new(),
            doubts: VecDeque::new(),
            pause: Pause::default(),
            stopped: None,
            refused_in_turn: 0,
            most_refusals: Self::MOST_REFUSALS,
        }
    }

    /// Sets the number of refusals in a row after which the outbox stops. With 0, refusals do not stop it. Default:
    /// [`Outbox::MOST_REFUSALS`].
    pub fn stop_after_refusals(&mut self, refusals: u32) {
        self.most_refusals = refusals;
    }

    /// Adds a message. The same message under the same id is added once. A program that was stopped can therefore add
    /// all of its messages again. `id` is usually the recipient. `row` is the message's row in a list, or 0. `fields`
    /// are the fields of the call, as a JSON object.
    ///
    /// # Errors
    /// [`OutboxError::Differs`] for another message under the same id, [`OutboxError::Id`], [`OutboxError::Fields`],
    /// [`OutboxError::Closed`], [`OutboxError::Full`].
    pub fn add(&mut self, id: &str, row: u32, fields: &str) -> Result<Added, OutboxError> {
        if !(1..=255).contains(&id.len()) {
            return Err(OutboxError::Id { row });
        }
        let fields =
            canonical(fields).filter(|text| text.len() <= 1_000_000).ok_or(OutboxError::Fields { row })?;
        if let Some(number) = self.number_of(id) {
            let known = self.messages[number as usize].fields == self.digest(b"fields", &fields);
            return if known { Ok(Added::Known(number)) } else { Err(OutboxError::Differs { number, row }) };
        }
        if self.is_closed {
            return Err(OutboxError::Closed { row });
        }
        let number = self.total();
        if number == u32::MAX {
            return Err(OutboxError::Full);
        }
        let record = Record::Added { id: id.into(), row, fields };
        let (position, length) = self.emit(&record);
        self.apply(record, position, length)?;
        Ok(Added::New(number))
    }

    /// Records that all messages were added.
    pub fn close(&mut self) {
        if !self.is_closed {
            self.emit(&Record::Closed);
            self.is_closed = true;
        }
    }

    /// Returns the records that the host must append to the journal now. It must make them durable before it sends a
    /// message that [`Outbox::next`] returned. Records of outcomes may become durable later, together with other
    /// records.
    #[must_use]
    pub fn take_records(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.records)
    }

    /// Returns the message that is sent next, and records that it will be sent.
    pub fn next(&mut self, now: UnixTime) -> Next {
        let rules = rules();
        if let Some(reason) = &self.stopped {
            return Next::Stopped(reason.clone());
        }
        let now = now.as_millis();
        let pause = self.pause.end.saturating_sub(now);
        // A clock that goes back lengthens no pause.
        if pause > 0 && self.left() > 0 {
            return Next::Wait(Duration::from_millis(pause.min(self.pause.length)));
        }
        let mut wait = None;
        while let Some(&(number, from)) = self.doubts.front() {
            let rest = from.saturating_sub(now).min(rules.settles_after);
            if rest > 0 {
                wait = Some(rest);
                break;
            }
            self.doubts.pop_front();
            if self.is_key_known(number, now) {
                return self.claim(number, now);
            }
            self.give_up(number, "the key has expired");
        }
        if let Some(number) = self.returned.pop_front() {
            return self.claim(number, now);
        }
        while let Some(message) = self.messages.get(self.cursor) {
            let number = self.cursor as u32;
            self.cursor += 1;
            if message.state == MessageState::Waiting {
                return self.claim(number, now);
            }
        }
        match wait {
            Some(wait) => Next::Wait(Duration::from_millis(wait)),
            None if self.count(MessageState::InFlight) > 0 => Next::Busy,
            None => Next::Done,
        }
    }

    /// Returns the key of a message.
    fn key(&self, number: u32, now: u64) -> Option<IdempotencyKey> {
        let mut text = String::with_capacity(48);
        hex::push(&self.header.id, &mut text);
        text.push('-');
        text.push_str(&number.to_string());
        if !rules().keeps_keys {
            text.push_str(&format!("-{now}"));
        }
        IdempotencyKey::new(text).ok().filter(|_| self.header.keyed)
    }

    /// Returns true if the vendor still knows the key of a message in doubt.
    fn is_key_known(&self, number: u32, now: u64) -> bool {
        let rules = rules();
        let since = u64::from(self.messages[number as usize].since) * 1_000;
        let is_clock_right = !rules.watches_clock
            || now.saturating_add(rules.margin) >= self.latest && since <= now.saturating_add(rules.margin);
        is_clock_right && now < since.saturating_add(rules.key_lifetime - rules.margin)
    }

    fn claim(&mut self, number: u32, now: u64) -> Next {
        let rules = rules();
        let record = Record::Sending { number, at: now };
        if rules.records_claims {
            self.emit(&record);
        }
        self.begin(number, now);
        let Message { position, length, since, .. } = self.messages[number as usize];
        let key = self.key(number, now);
        let end = u64::from(since) * 1_000 + (rules.key_lifetime - rules.margin);
        let deadline = key
            .is_some()
            .then(|| Duration::from_millis(end.saturating_sub(now).clamp(1, rules.longest_call)));
        Next::Send(Claim { number, key, deadline, position, length })
    }

    /// Marks a message as in flight.
    fn begin(&mut self, number: u32, at: u64) {
        let message = &mut self.messages[number as usize];
        // A second claim without an outcome between: the program was killed in the first attempt.
        message.doubted |= matches!(message.state, MessageState::InFlight | MessageState::InDoubt);
        if !message.doubted || !rules().counts_from_first {
            message.since = u32::try_from(at / 1_000).unwrap_or(u32::MAX);
        }
        self.latest = self.latest.max(at);
        self.set(number, MessageState::InFlight);
    }

    pub(super) fn put_back(&mut self, number: u32, now: u64) -> Result<(), OutboxError> {
        self.record(Record::Returned { number })?;
        if self.messages[number as usize].state == MessageState::InDoubt {
            self.doubts.push_back((number, now.saturating_add(rules().settles_after)));
        } else {
            self.returned.push_back(number);
        }
        Ok(())
    }

    pub(super) fn doubt(&mut self, number: u32, now: u64) -> Result<(), OutboxError> {
        self.record(Record::Doubted { number })?;
        self.doubts.push_back((number, now.saturating_add(rules().settles_after)));
        Ok(())
    }

    /// Ends a message in doubt that cannot be repeated.
    fn give_up(&mut self, number: u32, reason: &str) {
        let record = Record::Unknown { number, reason: reason.into() };
        if rules().records_unknown {
            self.emit(&record);
        }
        self.set(number, MessageState::Unknown);
        self.keep_reason(number, reason.into());
    }

    pub(super) fn in_flight(&self, number: u32) -> Result<(), OutboxError> {
        match self.state(number) {
            Some(MessageState::InFlight) => Ok(()),
            _ => Err(OutboxError::NotInFlight(number)),
        }
    }

    /// Writes a record and applies it.
    pub(super) fn record(&mut self, record: Record) -> Result<(), OutboxError> {
        let (position, length) = self.emit(&record);
        self.apply(record, position, length)
    }

    /// Writes a record. Returns its position and its length with the frame.
    fn emit(&mut self, record: &Record) -> (u64, u32) {
        let (position, start) = (self.length, self.records.len());
        frame::write(&self.header.id, position, &record.encode(), &mut self.records);
        let length = self.records.len() - start;
        self.length += length as u64;
        // The limits of ids and fields keep every frame shorter than the longest one.
        debug_assert!(length <= LONGEST, "a frame is too long");
        (position, length as u32)
    }

    /// Changes the state as a record says. The record was read from a journal, or has just been written.
    pub(super) fn apply(&mut self, record: Record, position: u64, length: u32) -> Result<(), OutboxError> {
        let damaged = OutboxError::Damaged(position);
        match record {
            Record::Header(_) => return Err(damaged),
            Record::Added { id, fields, .. } => {
                let (id, fields) = (self.digest(b"id", &id), self.digest(b"fields", &fields));
                let number = self.total();
                let (messages, state) = (&self.messages, MessageState::Waiting);
                let digest_of = |number: u32| messages[number as usize].id;
                if self.is_closed || self.index.get(&id, digest_of).is_some() {
                    return Err(damaged);
                }
                self.index.add(number, &id, digest_of);
                let (since, doubted, reason) = (0, false, u16::MAX);
                self.messages.push(Message { id, fields, position, length, since, state, doubted, reason });
                self.counts[state as usize] += 1;
            }
            Record::Sending { number, at } => {
                let open = [MessageState::Waiting, MessageState::InFlight, MessageState::InDoubt];
                let is_open = self.state(number).is_some_and(|state| open.contains(&state));
                if !is_open {
                    return Err(damaged);
                }
                self.begin(number, at);
            }
            Record::Closed => self.is_closed = true,
            Record::Unknown { number, reason } => {
                let open = [MessageState::InFlight, MessageState::InDoubt];
                if !self.state(number).is_some_and(|state| open.contains(&state)) {
                    return Err(damaged);
                }
                self.set(number, MessageState::Unknown);
                self.keep_reason(number, reason);
            }
            Record::Sent { number, .. }
            | Record::Refused { number, .. }
            | Record::Returned { number }
            | Record::Doubted { number } => {
                self.in_flight(number).map_err(|_| damaged)?;
                let message = &mut self.messages[number as usize];
                let state = match record {
                    Record::Sent { .. } => MessageState::Sent,
                    Record::Refused { .. } => MessageState::Refused,
                    Record::Returned { .. } if !message.doubted || !rules().keeps_doubts => {
                        message.doubted = false;
                        MessageState::Waiting
                    }
                    _ => {
                        message.doubted = true;
                        MessageState::InDoubt
                    }
                };
                self.set(number, state);
                if let Record::Refused { reason, .. } = record {
                    let at = self.keep_reason(number, reason);
                    self.reasons[at].1 += 1;
                }
            }
        }
        Ok(())
    }

    /// Takes over the journal at its end: what was in flight is in doubt, and what cannot be repeated is unknown.
    pub(super) fn take_over(&mut self, length: u64, now: UnixTime) {
        let (rules, now) = (rules(), now.as_millis());
        self.length = length;
        let ready = self.latest.saturating_add(rules.settles_after);
        let open =
            |message: &Message| matches!(message.state, MessageState::InFlight | MessageState::InDoubt);
        let doubts: Vec<u32> = (0..)
            .zip(&self.messages)
            .filter(|(_, message)| open(message))
            .map(|(number, _)| number)
            .collect();
        for number in doubts {
            self.messages[number as usize].doubted = true;
            self.set(number, MessageState::InDoubt);
            if !self.header.keyed && !rules.repeats_without_key {
                self.give_up(number, "the program was stopped during the call");
            } else if self.is_key_known(number, now) {
                self.doubts.push_back((number, ready));
            } else {
                self.give_up(number, "the key has expired");
            }
        }
    }

    fn set(&mut self, number: u32, state: MessageState) {
        let message = &mut self.messages[number as usize];
        self.counts[message.state as usize] -= 1;
        self.counts[state as usize] += 1;
        message.state = state;
    }

    /// Keeps the reason of a message. Returns its place in the list of reasons.
    fn keep_reason(&mut self, number: u32, reason: String) -> usize {
        let reason = if self.reasons.len() < MOST_REASONS { reason } else { OTHER_REASON.into() };
        let found = self.reasons.iter().position(|(known, _)| *known == reason);
        let at = found.unwrap_or_else(|| {
            self.reasons.push((reason, 0));
            self.reasons.len() - 1
        });
        self.messages[number as usize].reason = u16::try_from(at).unwrap_or(u16::MAX);
        at
    }

    fn total(&self) -> u32 {
        u32::try_from(self.messages.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn count(&self, state: MessageState) -> u64 {
        self.counts[state as usize]
    }

    fn left(&self) -> u64 {
        self.count(MessageState::Waiting) + self.count(MessageState::InDoubt)
    }

    /// Returns the digest of a text, keyed with the journal's id.
    pub(super) fn digest<const N: usize>(&self, purpose: &[u8], text: &str) -> [u8; N] {
        let digest = Sha256::new().chain_update(self.header.id).chain_update(purpose).chain_update(text);
        first(&digest.finalize())
    }

    pub(super) fn id(&self) -> JournalId {
        self.header.id
    }
}

/// Returns the name of a call with its vendor.
pub(super) fn name(call: &EndpointSpec) -> String {
    format!("{}.{}", call.vendor.name, call.name)
}
