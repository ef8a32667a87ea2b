//! The outbox with its journal in a file. Kotlin and Swift make the calls.

use std::collections::HashMap;
use std::fmt::{self, Debug, Display, Formatter};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hudhud::outbox::{Added, Failure, MessageState, Next, Outbox, default_id};
use hudhud::{ClosedEnum, ErrorKind, UnixTime};
use hudhud_outbox::{Durable, Journal, OutboxFileError};

use crate::calls::{WazajCall, ZagelyCall};
use crate::error::{ErrorDetails, HudhudError};
use crate::names;
use crate::services::{WazajService, ZagelyService, entropy};

/// An error of an outbox or of its journal. It names no recipient and no text of a message.
#[derive(Debug, uniffi::Error)]
#[uniffi(flat_error)]
pub enum OutboxError {
    /// Another program uses the journal.
    InUse(OutboxFileError),
    /// The file of the journal cannot be used.
    File(OutboxFileError),
    /// The journal is damaged or belongs to another call or key, or the outbox does not take the message.
    Refused(OutboxFileError),
    /// The outbox is sending, so it cannot be closed.
    Sending,
}

impl Display for OutboxError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(error) | Self::File(error) | Self::Refused(error) => Display::fmt(error, formatter),
            Self::Sending => formatter.write_str(
                "the outbox is sending: wait until send ends, or cancel it, and then close the outbox",
            ),
        }
    }
}

impl<E: Into<OutboxFileError>> From<E> for OutboxError {
    fn from(error: E) -> Self {
        match error.into() {
            error @ OutboxFileError::InUse => Self::InUse(error),
            error @ OutboxFileError::File(_) => Self::File(error),
            error => Self::Refused(error),
        }
    }
}

/// The states of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum OutboxMessageState {
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

impl From<OutboxMessageState> for MessageState {
    fn from(state: OutboxMessageState) -> Self {
        match state {
            OutboxMessageState::Waiting => Self::Waiting,
            OutboxMessageState::InFlight => Self::InFlight,
            OutboxMessageState::InDoubt => Self::InDoubt,
            OutboxMessageState::Sent => Self::Sent,
            OutboxMessageState::Refused => Self::Refused,
            OutboxMessageState::Unknown => Self::Unknown,
        }
    }
}

/// The messages of an outbox, counted by their states.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct OutboxReport {
    /// All messages.
    pub total: i64,
    /// Messages that were not sent yet.
    pub waiting: i64,
    /// Messages whose requests are on their way.
    pub in_flight: i64,
    /// Messages that may have been sent. They are repeated with their keys while the vendor knows the keys.
    pub in_doubt: i64,
    /// Messages that the vendor accepted.
    pub sent: i64,
    /// Messages that were refused.
    pub refused: i64,
    /// The refused messages by reason. A reason contains no personal text.
    pub refused_by_reason: HashMap<String, i64>,
    /// Messages that may have been sent, and are never repeated.
    pub unknown: i64,
    /// The number of messages without an outcome.
    pub left: i64,
    /// True if all messages were added.
    pub is_closed: bool,
    /// True if all messages were added and each has its outcome.
    pub is_complete: bool,
    /// The reason why nothing is sent any more, such as `quota_exceeded`.
    pub stopped: Option<String>,
}

/// A message of an outbox.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct OutboxMessage {
    /// The number, from 0, in the order in which messages were added.
    pub number: i64,
    /// The id, usually the recipient.
    pub id: String,
    /// The row of the list that the message came from, or 0.
    pub row: i64,
    /// The fields of the call, as a JSON object.
    pub fields: String,
    /// The reason of a refusal or of an unknown outcome, such as `transport: timeout`, without personal text.
    pub reason: Option<String>,
}

/// Shows the number, the row and the reason. The id and the fields are personal.
impl Debug for OutboxMessage {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { number, row, reason, .. } = self;
        write!(formatter, "OutboxMessage(number={number}, row={row}, reason={reason:?})")
    }
}

/// The next step of an outbox.
#[derive(Clone, PartialEq, uniffi::Enum)]
pub enum OutboxStep {
    /// Call `flush`, send this message, and report its outcome.
    Send {
        /// The number of the message.
        number: i64,
        /// The fields of the call, as a JSON object.
        fields: String,
        /// The idempotency key, if the vendor knows keys.
        key: Option<String>,
        /// The longest time for the call, in milliseconds.
        deadline: Option<u64>,
    },
    /// Ask again after this time, or after the next outcome.
    Wait {
        /// The time in milliseconds.
        millis: u64,
    },
    /// Ask again after the next outcome.
    Busy,
    /// The outbox has stopped. A person must act.
    Stopped,
    /// Each message has its outcome.
    Done,
}

impl Debug for OutboxStep {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("OutboxStep")
    }
}

/// An outbox with its journal. Threads may share it.
#[derive(uniffi::Object)]
pub struct OutboxHandle {
    state: Mutex<State>,
    /// The durable part of the journal, until it is released.
    durable: Mutex<Option<Durable>>,
}

struct State {
    outbox: Outbox,
    /// The journal, until it is released.
    journal: Option<Journal>,
    /// The number of calls of `send` that run.
    sending: u32,
}

impl Debug for OutboxHandle {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OutboxHandle").field("outbox", &self.lock().outbox).finish_non_exhaustive()
    }
}

impl State {
    fn append(&mut self) -> Result<(), OutboxError> {
        let State { outbox, journal, .. } = self;
        Ok(journal.as_mut().ok_or_else(closed)?.append(outbox)?)
    }

    fn message(&mut self, number: u32) -> Result<hudhud::outbox::OutboxMessage, OutboxError> {
        let other = hudhud::outbox::OutboxError::OtherBytes(number);
        let (position, length) = self.outbox.place(number).ok_or(other)?;
        let bytes = self.journal.as_mut().ok_or_else(closed)?.read(position, length)?;
        Ok(self.outbox.message(number, &bytes)?)
    }
}

fn closed() -> std::io::Error {
    std::io::Error::other("it was closed; open it again")
}

/// Converts a number that the hosts have as a signed one, because Java has no other.
fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl OutboxHandle {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(
        path: &str,
        create: impl Fn() -> Outbox,
        check: impl Fn(&Outbox) -> Result<(), hudhud::outbox::OutboxError>,
    ) -> Result<Arc<Self>, OutboxError> {
        let (journal, outbox) = Journal::open(Path::new(path), create)?;
        check(&outbox)?;
        let durable = Mutex::new(Some(journal.durable()?));
        Ok(Arc::new(Self {
            state: Mutex::new(State { outbox, journal: Some(journal), sending: 0 }),
            durable,
        }))
    }

    /// Changes the state and appends its records.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Outbox) -> Result<T, hudhud::outbox::OutboxError>,
    ) -> Result<T, OutboxError> {
        let mut state = self.lock();
        let changed = change(&mut state.outbox)?;
        state.append()?;
        Ok(changed)
    }
}

#[uniffi::export]
impl OutboxHandle {
    /// Sets the number of refusals in a row after which the outbox stops. 0: it never stops.
    pub fn stop_after_refusals(&self, refusals: i64) {
        self.lock().outbox.stop_after_refusals(small(refusals));
    }

    /// Adds a message, with its fields as JSON. Returns true if it is new. The default of `id` is the recipient.
    pub fn add(&self, id: Option<String>, row: i64, fields: String) -> Result<bool, OutboxError> {
        // An empty id is refused.
        let id = id.or_else(|| default_id(&fields)).unwrap_or_default();
        self.change(|outbox| Ok(matches!(outbox.add(&id, small(row), &fields)?, Added::New(_))))
    }

    /// Records that all messages were added.
    pub fn close_list(&self) -> Result<(), OutboxError> {
        self.change(|outbox| {
            outbox.close();
            Ok(())
        })?;
        self.flush()
    }

    /// Returns what to do next. `now` is in milliseconds since 1970.
    pub fn next(&self, now: u64) -> Result<OutboxStep, OutboxError> {
        let mut state = self.lock();
        let next = state.outbox.next(UnixTime::from_millis(now));
        state.append()?;
        Ok(match next {
            Next::Send(claim) => {
                let message = match state.message(claim.number) {
                    Ok(message) => message,
                    Err(error) => {
                        state.outbox.not_sent(claim.number, UnixTime::from_millis(now))?;
                        state.append()?;
                        return Err(error);
                    }
                };
                OutboxStep::Send {
                    number: claim.number.into(),
                    fields: message.fields,
                    key: claim.key.map(|key| key.as_str().to_owned()),
                    deadline: claim.deadline.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
                }
            }
            Next::Wait(wait) => {
                OutboxStep::Wait { millis: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX) }
            }
            Next::Busy => OutboxStep::Busy,
            Next::Stopped(_) => OutboxStep::Stopped,
            _ => OutboxStep::Done,
        })
    }

    /// Makes all appended records durable. Threads share one such step.
    pub fn flush(&self) -> Result<(), OutboxError> {
        let length = || self.lock().journal.as_ref().map_or(0, Journal::length);
        let wanted = length();
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        match durable.as_mut() {
            Some(durable) => Ok(durable.extend(wanted, length)?),
            None if wanted > 0 => Err(closed().into()),
            None => Ok(()),
        }
    }

    /// Records that the vendor accepted a message, with the body of its response.
    pub fn sent(&self, number: i64, body: Vec<u8>) -> Result<(), OutboxError> {
        let id = hudhud_outbox::message_id(&body);
        self.change(|outbox| outbox.sent(small(number), id.as_deref()))
    }

    /// Records that the call of a message failed.
    pub fn failed(&self, number: i64, details: ErrorDetails, now: u64) -> Result<(), OutboxError> {
        let kind = ErrorKind::ALL.iter().find(|kind| kind.as_str() == details.kind);
        let mut failure = Failure::new(kind.copied().unwrap_or(ErrorKind::InvalidRequest));
        failure.code = details.code;
        failure.fault = details.transport_fault;
        // The journal has core's names, because every host can continue it.
        let is_local = failure.kind == ErrorKind::InvalidRequest;
        let name = |field: String| if is_local { names::in_core(&field) } else { field };
        failure.fields = details.field_errors.into_iter().map(|errors| name(errors.field)).collect();
        failure.may_have_happened = details.may_have_happened;
        failure.key_forgotten = details.key_forgotten;
        failure.retry_after = details.retry_after;
        self.change(|outbox| outbox.failed(small(number), &failure, UnixTime::from_millis(now)))
    }

    /// Records that the request of a message was certainly not sent.
    pub fn not_sent(&self, number: i64, now: u64) -> Result<(), OutboxError> {
        self.change(|outbox| outbox.not_sent(small(number), UnixTime::from_millis(now)))
    }

    /// Records that the call of a message ended without an outcome.
    pub fn lost(&self, number: i64, now: u64) -> Result<(), OutboxError> {
        self.change(|outbox| outbox.lost(small(number), UnixTime::from_millis(now)))
    }

    /// Begins a call of `send`, which continues after a stop.
    pub fn begin_sending(&self) {
        let mut state = self.lock();
        state.outbox.restart();
        state.sending += 1;
    }

    /// Ends a call of `send`.
    pub fn end_sending(&self) {
        let mut state = self.lock();
        state.sending = state.sending.saturating_sub(1);
    }

    /// Returns the counts of messages.
    pub fn report(&self) -> OutboxReport {
        let state = self.lock();
        let report = state.outbox.report();
        OutboxReport {
            total: count(report.total),
            waiting: count(report.waiting),
            in_flight: count(report.in_flight),
            in_doubt: count(report.in_doubt),
            sent: count(report.sent),
            refused: count(report.refused),
            unknown: count(report.unknown),
            left: count(report.left()),
            is_closed: report.is_closed,
            is_complete: report.is_complete(),
            stopped: state.outbox.stopped().map(String::from),
            refused_by_reason: report
                .refused_by_reason
                .into_iter()
                .map(|(reason, number)| (reason, count(number)))
                .collect(),
        }
    }

    /// Returns the numbers of the messages in a state.
    pub fn numbers(&self, state: OutboxMessageState) -> Vec<i64> {
        self.lock().outbox.numbers(state.into()).map(i64::from).collect()
    }

    /// Reads a message.
    pub fn message(&self, number: i64) -> Result<OutboxMessage, OutboxError> {
        let mut state = self.lock();
        let message = state.message(small(number))?;
        let (id, row, fields) = (message.id, message.row.into(), message.fields);
        Ok(OutboxMessage { number, id, row, fields, reason: message.reason })
    }

    /// Makes the journal durable and releases it. Without the journal, the outcomes of messages in flight would be lost, so an
    /// outbox that sends is an error.
    pub fn release(&self) -> Result<(), OutboxError> {
        // Both locks, so that no call of `send` begins meanwhile. `flush` takes them in the same order.
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.lock();
        if state.sending > 0 {
            return Err(OutboxError::Sending);
        }
        let (journal, durable) = (state.journal.take(), durable.take());
        let length = journal.as_ref().map_or(0, Journal::length);
        Ok(durable.map_or(Ok(()), |mut durable| durable.extend(length, || length))?)
    }
}

/// Gives a vendor's service the functions that begin an outbox.
macro_rules! outbox {
    ($service:ident, $vendor:literal, $call:ident) => {
        #[uniffi::export]
        impl $service {
            /// Opens the journal of an outbox for the call of this name, or begins it. `entropy` is 16 random bytes, and
            /// `now` is in milliseconds since 1970.
            pub fn open_outbox(
                &self,
                path: String,
                call: String,
                entropy: Vec<u8>,
                now: u64,
            ) -> Result<Arc<OutboxHandle>, OutboxError> {
                let entropy = self::entropy(entropy).map_err(OutboxFileError::from)?;
                let unknown = || hudhud::Error::invalid("call", "No call of this name sends messages.");
                let spec = hudhud::host_support::find_call($vendor, &call)
                    .filter(|spec| spec.name.starts_with("messages.send"))
                    .ok_or_else(|| OutboxFileError::from(unknown()))?;
                OutboxHandle::open(
                    &path,
                    || Outbox::create_for(&self.0, spec, entropy, UnixTime::from_millis(now)),
                    |outbox| outbox.check_for(&self.0, spec),
                )
            }

            /// Checks a call, and returns its fields for an outbox, as a JSON object. `row` is the row of a list that the
            /// call came from, or 0.
            pub fn outbox_fields(&self, call: $call, row: i64) -> Result<String, HudhudError> {
                let (decoders, call) = call.any();
                let fields = self.0.any_outbox_fields(decoders.spec(), call);
                Ok(fields.map_err(|error| error.with_row(small(row)))?)
            }
        }
    };
}

outbox!(ZagelyService, "zagely", ZagelyCall);
outbox!(WazajService, "wazaj", WazajCall);
