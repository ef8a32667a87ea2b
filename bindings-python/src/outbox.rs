//! The outbox as a state machine for Python, and the reader of its journal. `hudhud/outbox.py` keeps the journal in a file.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hudhud::outbox::{Added, Claim, Failure, MessageState, Next, Outbox, OutboxError, default_id};
use hudhud::{ClosedEnum, ErrorKind, TransportFault};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::argument;
use crate::error::of_outbox;
use crate::operation::Operation;
use crate::service::Service;
use crate::wire::unix_time;

/// The counts by state, the counts of refusals by reason, and true if all messages were added.
type Report = (BTreeMap<&'static str, u64>, Vec<(String, u64)>, bool);

/// The state of an outbox. The caller appends its records to a journal.
#[pyclass(frozen, module = "hudhud._hudhud")]
#[derive(Debug)]
pub(crate) struct OutboxState(Mutex<Outbox>);

impl OutboxState {
    fn lock(&self) -> MutexGuard<'_, Outbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(
        &self,
        py: Python<'_>,
        use_it: impl FnOnce(&mut Outbox) -> Result<T, OutboxError>,
    ) -> PyResult<T> {
        use_it(&mut self.lock()).map_err(|error| of_outbox(py, error))
    }
}

#[pymethods]
impl OutboxState {
    /// Begins a journal. `entropy` are random bytes.
    #[staticmethod]
    fn create(
        service: &Service,
        operation: &Operation,
        entropy: [u8; 16],
        #[pyo3(from_py_with = argument::now)] now: Option<f64>,
    ) -> PyResult<Self> {
        let outbox = service.create_outbox(operation.spec(), entropy, unix_time(now))?;
        Ok(Self(Mutex::new(outbox)))
    }

    /// Raises an `OutboxError` if the journal belongs to another call, key or base URL.
    fn check(&self, py: Python<'_>, service: &Service, operation: &Operation) -> PyResult<()> {
        self.with(py, |outbox| service.check_outbox(outbox, operation.spec()))
    }

    /// The vendor and the call, such as `zagely.messages.send`.
    #[getter]
    fn call(&self) -> String {
        self.lock().call().into()
    }

    /// The time at which the journal was begun, in seconds since 1970.
    #[getter]
    fn created(&self) -> f64 {
        self.lock().created().as_millis() as f64 / 1000.0
    }

    /// Sets the number of refusals in a row after which the outbox stops. 0: it never stops.
    fn stop_after_refusals(&self, refusals: u32) {
        self.lock().stop_after_refusals(refusals);
    }

    /// Adds a message, with its fields as JSON. Returns its number, and true if it is new. The default of `id` is the
    /// recipient.
    fn add(&self, py: Python<'_>, id: Option<String>, row: u32, fields: &str) -> PyResult<(u32, bool)> {
        // An empty id is refused.
        let id = id.or_else(|| default_id(fields)).unwrap_or_default();
        let added = self.with(py, |outbox| outbox.add(&id, row, fields))?;
        Ok(match added {
            Added::New(number) => (number, true),
            Added::Known(number) => (number, false),
        })
    }

    /// Says that all messages were added.
    fn close(&self) {
        self.lock().close();
    }

    /// Returns the bytes to append to the journal.
    fn take_records<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.lock().take_records())
    }

    /// Returns what to do next: `("send", number, key, deadline, position, length)`, `("wait", seconds)`, `("busy",)`,
    /// `("stopped", reason)` or `("done",)`.
    fn next<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = argument::now)] now: Option<f64>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let next = self.lock().next(unix_time(now));
        match next {
            Next::Send(Claim { number, key, deadline, position, length, .. }) => {
                let key = key.map(|key| String::from(key.as_str()));
                let deadline = deadline.map(|deadline| deadline.as_secs_f64());
                ("send", number, key, deadline, position, length).into_pyobject(py)
            }
            Next::Wait(wait) => ("wait", wait.as_secs_f64()).into_pyobject(py),
            Next::Busy => ("busy",).into_pyobject(py),
            Next::Stopped(reason) => ("stopped", reason).into_pyobject(py),
            _ => ("done",).into_pyobject(py),
        }
    }

    /// Notes that the vendor accepted a message.
    #[pyo3(signature = (number, message_id = None))]
    fn sent(&self, py: Python<'_>, number: u32, message_id: Option<&str>) -> PyResult<()> {
        self.with(py, |outbox| outbox.sent(number, message_id))
    }

    /// Notes that the call of a message failed, with its `RequestError`.
    fn failed(
        &self,
        py: Python<'_>,
        number: u32,
        error: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = argument::now)] now: Option<f64>,
    ) -> PyResult<()> {
        let failure = failure(error)?;
        self.with(py, |outbox| outbox.failed(number, &failure, unix_time(now)))
    }

    /// Notes that the request of a message was certainly not sent.
    fn not_sent(
        &self,
        py: Python<'_>,
        number: u32,
        #[pyo3(from_py_with = argument::now)] now: Option<f64>,
    ) -> PyResult<()> {
        self.with(py, |outbox| outbox.not_sent(number, unix_time(now)))
    }

    /// Notes that the call of a message ended without an outcome.
    fn lost(
        &self,
        py: Python<'_>,
        number: u32,
        #[pyo3(from_py_with = argument::now)] now: Option<f64>,
    ) -> PyResult<()> {
        self.with(py, |outbox| outbox.lost(number, unix_time(now)))
    }

    /// Continues after a stop.
    fn restart(&self) {
        self.lock().restart();
    }

    /// Returns the counts of messages by state, the reasons of refusals, and true if all messages were added.
    fn report(&self) -> Report {
        let report = self.lock().report();
        let counts = [
            ("total", report.total),
            ("waiting", report.waiting),
            ("in_flight", report.in_flight),
            ("in_doubt", report.in_doubt),
            ("sent", report.sent),
            ("refused", report.refused),
            ("unknown", report.unknown),
        ];
        (counts.into(), report.refused_by_reason, report.is_closed)
    }

    /// Returns the numbers of the messages in a state.
    fn numbers(&self, state: &str) -> PyResult<Vec<u32>> {
        let state: MessageState = argument::named("state", || argument::chosen(state))?;
        Ok(self.lock().numbers(state).collect())
    }

    /// Returns the reason of a refused message.
    fn reason(&self, number: u32) -> Option<String> {
        self.lock().reason(number).map(String::from)
    }

    /// Returns the position of a message in the journal, and the number of bytes to read there.
    fn place(&self, number: u32) -> Option<(u64, u32)> {
        self.lock().place(number)
    }

    /// Reads a message from the bytes at its place: its id, its row, and its fields as JSON.
    fn message(&self, py: Python<'_>, number: u32, content: &[u8]) -> PyResult<(String, u32, String)> {
        let message = self.with(py, |outbox| outbox.message(number, content))?;
        Ok((message.id, message.row, message.fields))
    }
}

/// Returns the facts about a `RequestError`. Errors without a response lack some attributes.
fn failure(error: &Bound<'_, PyAny>) -> PyResult<Failure> {
    let kind: String = error.getattr("kind")?.extract()?;
    let found = ErrorKind::ALL.iter().find(|known| known.as_str() == kind);
    let mut failure = Failure::new(found.copied().unwrap_or(ErrorKind::InvalidRequest));
    failure.may_have_happened = error.getattr("may_have_happened")?.extract()?;
    failure.key_forgotten = error.getattr("key_forgotten")?.extract()?;
    for name in error.getattr("field_errors")?.cast::<PyDict>()?.keys() {
        failure.fields.insert(name.extract()?);
    }
    if let Some(code) = error.getattr_opt("code")? {
        failure.code = code.extract()?;
    }
    if let Some(fault) = error.getattr_opt("fault")? {
        let fault: Option<String> = fault.extract()?;
        failure.fault =
            TransportFault::ALL.iter().find(|known| Some(known.as_str()) == fault.as_deref()).copied();
    }
    if let Some(wait) = error.getattr_opt("retry_after")? {
        let wait: Option<f64> = wait.extract()?;
        failure.retry_after = wait.and_then(|wait| Duration::try_from_secs_f64(wait).ok());
    }
    Ok(failure)
}

/// The reader of a journal.
#[pyclass(frozen, module = "hudhud._hudhud")]
#[derive(Debug)]
pub(crate) struct OutboxReader(Mutex<Option<hudhud::outbox::OutboxReader>>);

#[pymethods]
impl OutboxReader {
    #[new]
    fn __new__() -> Self {
        Self(Mutex::new(Some(hudhud::outbox::OutboxReader::new())))
    }

    /// Reads the next piece of the journal.
    fn push(&self, py: Python<'_>, piece: &[u8]) -> PyResult<()> {
        let mut reader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match reader.as_mut() {
            Some(reader) => reader.push(piece).map_err(|error| of_outbox(py, error)),
            None => Ok(()),
        }
    }

    /// Ends the journal. Returns the state, or `None` for an empty journal, and the length to which the file must be cut.
    fn finish(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = argument::now)] now: Option<f64>,
    ) -> PyResult<(Option<OutboxState>, u64)> {
        let reader = self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        let journal = reader.finish(unix_time(now)).map_err(|error| of_outbox(py, error))?;
        Ok((journal.outbox.map(|outbox| OutboxState(Mutex::new(outbox))), journal.length))
    }
}
