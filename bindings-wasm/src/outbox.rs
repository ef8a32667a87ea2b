//! Core's outbox and the reader of its journal, for `hudhud/outbox`. JavaScript keeps the journal and makes the calls.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use hudhud::endpoint::EndpointSpec;
use hudhud::outbox::{Added, Failure, MessageState, Next, Outbox};
use hudhud::{ClosedEnum, Endpoint, ErrorKind, TransportFault, wazaj, zagely};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::time::unix_time;

/// The calls that send messages.
const CALLS: [&EndpointSpec; 3] =
    [zagely::SendMessage::SPEC, wazaj::SendText::SPEC, wazaj::SendTemplate::SPEC];

/// Returns the path of a call, such as `/api/v1/messages/send` for `zagely` and `messages.send`. An unknown call has none.
#[wasm_bindgen(js_name = pathOf)]
pub fn path_of(vendor: &str, call: &str) -> Option<String> {
    find(vendor, call).map(|spec| spec.route.path.into())
}

fn find(vendor: &str, call: &str) -> Option<&'static EndpointSpec> {
    CALLS.into_iter().find(|spec| spec.vendor.name == vendor && spec.name == call)
}

/// The state of an outbox. The caller appends its records to a journal. Times are in milliseconds.
#[wasm_bindgen]
#[derive(Debug)]
pub struct OutboxState(Outbox);

#[wasm_bindgen]
impl OutboxState {
    /// Begins a journal. `entropy` is 16 random bytes.
    pub fn create(
        vendor: &str,
        call: &str,
        base_url: &str,
        public_key: &str,
        entropy: &[u8],
        now: f64,
    ) -> Option<OutboxState> {
        let (spec, entropy) = (find(vendor, call)?, entropy.try_into().ok()?);
        Some(Self(Outbox::create_from(spec, base_url, public_key, entropy, unix_time(now))))
    }

    /// Returns what is wrong if the journal belongs to another call, key or base URL.
    pub fn check(&self, vendor: &str, call: &str, base_url: &str, public_key: &str) -> Option<String> {
        let spec = find(vendor, call)?;
        self.0.check_from(spec, base_url, public_key).err().map(|error| error.to_string())
    }

    /// Sets the number of refusals in a row after which the outbox stops. 0: it never stops.
    #[wasm_bindgen(js_name = stopAfterRefusals)]
    pub fn stop_after_refusals(&mut self, refusals: u32) {
        self.0.stop_after_refusals(refusals);
    }

    /// Adds a message, with its fields as JSON. Returns true if it is new.
    pub fn add(&mut self, id: &str, row: u32, fields: &str) -> Result<bool, String> {
        let added = self.0.add(id, row, fields).map_err(|error| error.to_string())?;
        Ok(matches!(added, Added::New(_)))
    }

    /// Records that all messages were added.
    pub fn close(&mut self) {
        self.0.close();
    }

    /// Returns the bytes to append to the journal.
    #[wasm_bindgen(js_name = takeRecords)]
    pub fn take_records(&mut self) -> Vec<u8> {
        self.0.take_records()
    }

    /// Returns what to do next.
    pub fn next(&mut self, now: f64) -> OutboxStep {
        OutboxStep(self.0.next(unix_time(now)))
    }

    /// Records that the vendor accepted a message.
    pub fn sent(&mut self, number: u32, message_id: Option<String>) -> Result<(), String> {
        self.0.sent(number, message_id.as_deref()).map_err(|error| error.to_string())
    }

    /// Records that the call of a message failed, with the facts of its error.
    #[allow(clippy::too_many_arguments, reason = "an object would need more code on both sides")]
    pub fn failed(
        &mut self,
        number: u32,
        kind: &str,
        code: Option<String>,
        fault: Option<String>,
        fields: Vec<String>,
        may_have_happened: bool,
        key_forgotten: bool,
        retry_after: Option<f64>,
        now: f64,
    ) -> Result<(), String> {
        let found = ErrorKind::ALL.iter().find(|known| known.as_str() == kind);
        let mut failure = Failure::new(found.copied().unwrap_or(ErrorKind::InvalidRequest));
        failure.code = code;
        failure.fault =
            TransportFault::ALL.iter().find(|known| Some(known.as_str()) == fault.as_deref()).copied();
        failure.fields = fields.into_iter().collect();
        (failure.may_have_happened, failure.key_forgotten) = (may_have_happened, key_forgotten);
        failure.retry_after = retry_after.map(|wait| Duration::from_millis(wait as u64));
        self.0.failed(number, &failure, unix_time(now)).map_err(|error| error.to_string())
    }

    /// Records that the request of a message was certainly not sent.
    #[wasm_bindgen(js_name = notSent)]
    pub fn not_sent(&mut self, number: u32, now: f64) -> Result<(), String> {
        self.0.not_sent(number, unix_time(now)).map_err(|error| error.to_string())
    }

    /// Records that the call of a message ended without an outcome.
    pub fn lost(&mut self, number: u32, now: f64) -> Result<(), String> {
        self.0.lost(number, unix_time(now)).map_err(|error| error.to_string())
    }

    /// Continues after a stop.
    pub fn restart(&mut self) {
        self.0.restart();
    }

    /// Returns the counts: all messages, the waiting ones, those in flight, in doubt, sent, refused and unknown.
    pub fn counts(&self) -> Vec<f64> {
        let report = self.0.report();
        let counts = [
            report.total,
            report.waiting,
            report.in_flight,
            report.in_doubt,
            report.sent,
            report.refused,
            report.unknown,
        ];
        counts.iter().map(|count| *count as f64).collect()
    }

    /// Returns the reasons of refusals, each after the number of its messages.
    #[wasm_bindgen(js_name = refusedByReason)]
    pub fn refused_by_reason(&self) -> Vec<String> {
        let reasons = self.0.report().refused_by_reason;
        reasons.into_iter().flat_map(|(reason, count)| [count.to_string(), reason]).collect()
    }

    /// Returns true if all messages were added.
    #[wasm_bindgen(getter, js_name = isClosed)]
    pub fn is_closed(&self) -> bool {
        self.0.report().is_closed
    }

    /// Returns the numbers of the messages in a state. An unknown state has none.
    pub fn numbers(&self, state: &str) -> Vec<u32> {
        MessageState::from_name(state).map(|state| self.0.numbers(state).collect()).unwrap_or_default()
    }

    /// Returns the reason of a refused message.
    pub fn reason(&self, number: u32) -> Option<String> {
        self.0.reason(number).map(String::from)
    }

    /// Returns the position of a message in the journal, and the number of bytes to read there.
    pub fn place(&self, number: u32) -> Vec<f64> {
        self.0
            .place(number)
            .map(|(position, length)| [position as f64, length.into()].into())
            .unwrap_or_default()
    }

    /// Reads a message from the bytes at its place: its id, its row, and its fields as JSON.
    pub fn message(&self, number: u32, content: &[u8]) -> Result<Vec<String>, String> {
        let message = self.0.message(number, content).map_err(|error| error.to_string())?;
        Ok([message.id, message.row.to_string(), message.fields].into())
    }
}

/// The next step of an outbox.
#[wasm_bindgen]
#[derive(Debug)]
pub struct OutboxStep(Next);

#[wasm_bindgen]
impl OutboxStep {
    /// Returns the step: `send`, `wait`, `busy`, `stopped` or `done`.
    #[wasm_bindgen(getter)]
    pub fn kind(&self) -> String {
        match self.0 {
            Next::Send(_) => "send",
            Next::Wait(_) => "wait",
            Next::Busy => "busy",
            Next::Stopped(_) => "stopped",
            _ => "done",
        }
        .into()
    }

    /// Returns the number of the message to send.
    #[wasm_bindgen(getter)]
    pub fn number(&self) -> u32 {
        if let Next::Send(claim) = &self.0 { claim.number } else { 0 }
    }

    /// Returns the idempotency key of the message, or the reason of a stop.
    #[wasm_bindgen(getter)]
    pub fn text(&self) -> Option<String> {
        match &self.0 {
            Next::Send(claim) => claim.key.as_ref().map(|key| key.as_str().into()),
            Next::Stopped(reason) => Some(reason.clone()),
            _ => None,
        }
    }

    /// Returns the longest time for the call, or the time to wait.
    #[wasm_bindgen(getter)]
    pub fn time(&self) -> Option<f64> {
        match &self.0 {
            Next::Send(claim) => claim.deadline.map(|deadline| deadline.as_millis() as f64),
            Next::Wait(wait) => Some(wait.as_millis() as f64),
            _ => None,
        }
    }
}

/// The reader of a journal.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct OutboxReader {
    reader: hudhud::outbox::OutboxReader,
    length: u64,
}

#[wasm_bindgen]
impl OutboxReader {
    /// Creates a reader.
    #[wasm_bindgen(constructor)]
    pub fn new() -> OutboxReader {
        Self::default()
    }

    /// Reads the next piece of the journal.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), String> {
        self.reader.push(piece).map_err(|error| error.to_string())
    }

    /// Ends the journal. Returns the state, or nothing for an empty journal.
    pub fn finish(&mut self, now: f64) -> Result<Option<OutboxState>, String> {
        let reader = core::mem::take(&mut self.reader);
        let journal = reader.finish(unix_time(now)).map_err(|error| error.to_string())?;
        self.length = journal.length;
        Ok(journal.outbox.map(OutboxState))
    }

    /// Returns the length to which the journal must be cut.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> f64 {
        self.length as f64
    }
}
