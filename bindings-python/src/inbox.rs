//! Decisions of the inbox about deliveries, for the stores in `hudhud/inbox`.

use std::time::Duration;

use hudhud::UnixTime;
use hudhud::inbox::{self, Decision, Entry, Inbox, Mode};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::argument;
use crate::exception::wrong_value;
use crate::wire::unix_time;

/// The rules of an inbox.
#[pyclass(frozen, module = "hudhud._hudhud")]
#[derive(Debug)]
pub(crate) struct InboxRules(Inbox);

/// A change of the store: write `entry` if the stored entry is still `expected`.
#[pyclass(frozen, get_all, module = "hudhud._hudhud")]
#[derive(Debug)]
pub(crate) struct InboxChange {
    /// The stored entry, or `None` if the store must have no entry.
    expected: Option<Py<PyBytes>>,
    /// The new entry.
    entry: Py<PyBytes>,
    /// The new status: `leased`, `failed`, `done` or `poisoned`.
    status: &'static str,
    /// The time from which the entry may be deleted, in Unix milliseconds, or `None`.
    forget_at: Option<u64>,
}

impl InboxChange {
    fn of(py: Python<'_>, change: inbox::Change) -> Self {
        let bytes = |entry: Entry| PyBytes::new(py, &entry.encode()).unbind();
        Self {
            expected: change.expected.map(bytes),
            entry: bytes(change.entry),
            status: change.entry.status().as_str(),
            forget_at: change.entry.forget_at().map(UnixTime::as_millis),
        }
    }
}

/// The right to handle an event.
#[pyclass(frozen, module = "hudhud._hudhud")]
#[derive(Debug)]
pub(crate) struct InboxClaim(inbox::Claim);

#[pymethods]
impl InboxClaim {
    /// The change that makes the claim.
    #[getter]
    fn change(&self, py: Python<'_>) -> InboxChange {
        InboxChange::of(py, self.0.change())
    }

    /// The number of the attempt, from 1.
    #[getter]
    fn attempt(&self) -> u32 {
        self.0.attempt()
    }

    /// The fencing token.
    #[getter]
    fn token(&self) -> u64 {
        self.0.token()
    }

    /// The end of the lease, in Unix seconds.
    #[getter]
    fn lease_end(&self) -> f64 {
        self.0.lease_end().as_millis() as f64 / 1000.0
    }

    /// Returns the change after a success. Transactional mode has no such change.
    #[pyo3(signature = (*, now = None))]
    fn done(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = argument::now)] now: Option<f64>,
    ) -> Option<InboxChange> {
        self.0.done(unix_time(now)).map(|change| InboxChange::of(py, change))
    }

    /// Returns the change after a failure.
    #[pyo3(signature = (*, now = None))]
    fn failed(&self, py: Python<'_>, #[pyo3(from_py_with = argument::now)] now: Option<f64>) -> InboxChange {
        InboxChange::of(py, self.0.failed(unix_time(now)))
    }

    /// Returns the change after the handler rejected the event for good.
    #[pyo3(signature = (*, now = None))]
    fn poisoned(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = argument::now)] now: Option<f64>,
    ) -> InboxChange {
        InboxChange::of(py, self.0.poisoned(unix_time(now)))
    }
}

/// A decision about a delivery.
#[pyclass(frozen, get_all, module = "hudhud._hudhud")]
#[derive(Debug)]
pub(crate) struct InboxDecision {
    /// The decision: `handle`, `duplicate`, `busy`, `too_early` or `poisoned`.
    kind: &'static str,
    /// The claim, if the program must handle the event.
    claim: Option<Py<InboxClaim>>,
    /// The change to store before the event is handled or the response is sent, if there is one.
    change: Option<Py<InboxChange>>,
    /// The seconds after which another delivery can succeed, if they are known.
    wait: Option<f64>,
}

impl InboxDecision {
    fn of(py: Python<'_>, decision: Decision) -> PyResult<Self> {
        let claim = decision.claim().map(|claim| Py::new(py, InboxClaim(*claim)));
        Ok(Self {
            kind: decision.as_str(),
            claim: claim.transpose()?,
            change: decision.change().map(|change| Py::new(py, InboxChange::of(py, change))).transpose()?,
            wait: decision.wait().map(|wait| wait.as_secs_f64()),
        })
    }
}

#[pymethods]
impl InboxRules {
    #[new]
    #[pyo3(signature = (*, transactional, lease = 30.0, max_attempts = 5))]
    fn __new__(
        transactional: bool,
        #[pyo3(from_py_with = argument::lease)] lease: f64,
        #[pyo3(from_py_with = argument::max_attempts)] max_attempts: u32,
    ) -> PyResult<Self> {
        if !(1.0..=3600.0).contains(&lease) {
            return Err(wrong_value("argument 'lease': expected a number of seconds from 1 to 3600"));
        }
        if max_attempts == 0 {
            return Err(wrong_value("argument 'max_attempts': expected a number of attempts >= 1"));
        }
        let mode = if transactional { Mode::Transactional } else { Mode::Leased };
        Ok(Self(Inbox::new(mode).lease(Duration::from_secs_f64(lease)).max_attempts(max_attempts)))
    }

    /// Decides about a delivery. `stored` is the stored entry of its key, or `None`. `holder` is 16 random bytes.
    #[pyo3(signature = (stored, deduplicate_until, holder, *, now = None))]
    fn claim(
        &self,
        py: Python<'_>,
        stored: Option<&[u8]>,
        #[pyo3(from_py_with = argument::deduplicate_until)] deduplicate_until: Option<u64>,
        holder: [u8; 16],
        #[pyo3(from_py_with = argument::now)] now: Option<f64>,
    ) -> PyResult<InboxDecision> {
        let stored = stored.map(Entry::decode).transpose().map_err(|error| wrong_value(error.to_string()))?;
        let until = deduplicate_until.map(UnixTime::from_secs);
        InboxDecision::of(py, self.0.claim(stored.as_ref(), until, holder, unix_time(now)))
    }
}

/// Converts a replay key to the key under which a store keeps the event.
#[pyfunction]
pub(crate) fn storage_key(#[pyo3(from_py_with = argument::replay_key)] replay_key: String) -> String {
    inbox::storage_key(&replay_key)
}
