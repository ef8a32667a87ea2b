//! The rate limiter that clients share.

use hudhud::SharedRateLimiter;
use hudhud::host_support::STORE_TOO_SLOW;
use pyo3::exceptions::PyTimeoutError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::exception::{refuse_unknown, wrong_type, wrong_value};
use crate::wire::unix_time;

/// A rate limiter: decides when each request may leave, so that the limits of a key are used fully, but not exceeded.
///
/// Every client has one. It learns the limits from the responses, and lets calls wait for their turn. Pass one limiter
/// as `rate_limiter` to several clients if they use the same key. Threads and tasks may share it.
///
///     limiter = RateLimiter()
///     sales = Zagely(public_key, secret_key, session_id="s-1", rate_limiter=limiter)
///     support = Zagely(public_key, secret_key, session_id="s-2", rate_limiter=limiter)
#[pyclass(frozen, module = "hudhud")]
#[derive(Debug)]
pub(crate) struct RateLimiter {
    limiter: SharedRateLimiter,
    store: Option<Py<PyAny>>,
}

impl RateLimiter {
    pub(crate) fn shared(&self) -> SharedRateLimiter {
        self.limiter.clone()
    }
}

#[pymethods]
impl RateLimiter {
    /// Creates a limiter.
    ///
    /// Args:
    ///     state: The `state` of an earlier limiter. Default: a limiter that knows no limit.
    ///     store: The store through which processes share the limits: see `hudhud.rate_limiter`. It has the methods `load` and
    ///         `swap`. Without a store, the limiter knows only the requests of this process.
    #[new]
    #[pyo3(
        signature = (state = None, *, store = None, **unknown),
        text_signature = "(state=None, *, store=None)"
    )]
    fn __new__(
        state: Option<&[u8]>,
        store: Option<Bound<'_, PyAny>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        refuse_unknown("RateLimiter", unknown, ["state", "store"])?;
        if let Some(store) = store {
            if state.is_some() {
                return Err(wrong_type("argument 'state': a store has its own state; leave it out"));
            }
            for method in ["load", "swap"] {
                if !store.getattr_opt(method)?.is_some_and(|method| method.is_callable()) {
                    return Err(wrong_type(format!(
                        "argument 'store': expected an object with the method {method}"
                    )));
                }
            }
            return Ok(Self {
                limiter: SharedRateLimiter::with_store_of_host(),
                store: Some(store.unbind()),
            });
        }
        let Some(state) = state else { return Ok(Self { limiter: SharedRateLimiter::new(), store: None }) };
        let state = hudhud::RateLimiter::decode(state)
            .map_err(|error| wrong_value(format!("argument 'state': {error}; leave it out to start anew")))?;
        Ok(Self { limiter: SharedRateLimiter::with_state(state), store: None })
    }

    /// The state, with which a later process can continue. It has about 100 bytes.
    #[getter]
    fn state(&self) -> Vec<u8> {
        self.limiter.state().encode()
    }

    /// The store through which processes share the limits, or `None`.
    #[getter]
    fn store(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.store.as_ref().map(|store| store.clone_ref(py))
    }

    /// Returns a number if the caller has to use the store now. The caller passes it to the other functions.
    #[pyo3(name = "_begin_store_use")]
    fn begin_store_use(&self, now: f64) -> Option<u32> {
        self.limiter.begin_store_use(unix_time(Some(now)))
    }

    /// Returns the new bytes for the store, or `None` if the stored bytes are not a state.
    #[pyo3(name = "_update")]
    fn update(&self, use_number: u32, stored: Option<&[u8]>, now: f64) -> Option<Vec<u8>> {
        self.limiter.update(use_number, stored, unix_time(Some(now))).ok()
    }

    /// Ends the use of the store, which has accepted the last bytes of `update`. Raises a `TimeoutError` if that took so long
    /// that another call uses the store.
    #[pyo3(name = "_stored")]
    fn stored(&self, use_number: u32, now: f64) -> PyResult<()> {
        let is_in_time = self.limiter.stored(use_number, unix_time(Some(now)));
        if is_in_time { Ok(()) } else { Err(PyTimeoutError::new_err(STORE_TOO_SLOW)) }
    }

    /// Ends the use of the store, which failed. Returns the seconds since its first failure.
    #[pyo3(name = "_store_failed")]
    fn store_failed(&self, use_number: u32, now: f64) -> f64 {
        self.limiter.store_failed(use_number, unix_time(Some(now))).as_secs_f64()
    }

    /// Ends the use of the store, which its caller gave up.
    #[pyo3(name = "_abandon_store_use")]
    fn abandon_store_use(&self, use_number: u32) {
        self.limiter.abandon_store_use(use_number);
    }

    /// The number of calls that wait for their turn.
    #[getter]
    fn waiting(&self) -> u64 {
        self.limiter.waiting()
    }

    fn __repr__(&self) -> String {
        format!("<RateLimiter, {} calls waiting>", self.limiter.waiting())
    }
}
