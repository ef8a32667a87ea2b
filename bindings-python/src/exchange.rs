//! Running calls and lists of pages, as state machines for Python: requests to send, waits, and results.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hudhud::host_support::StoreFault;
use hudhud::{
    AnyExchange, AnyPages, ApiResponse, Attempt, CallDescription, CallOptions, ClosedEnum, ErrorKind, Json,
    Step,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::api_response::RateLimit;
use crate::argument;
use crate::declared::{PyOutput, ToPython};
use crate::error::api_error;
use crate::rate_limiter::RateLimiter;
use crate::request::{Request, response};
use crate::service::{Service, options};
use crate::wire::unix_time;

/// A running call with its retries, as a state machine. The caller passes the time and the responses.
#[pyclass(frozen, module = "hudhud._hudhud")]
pub(crate) struct Exchange(Mutex<AnyExchange<PyOutput>>);

/// The pages of a list, in order. Each page has its own exchange.
#[pyclass(frozen, module = "hudhud._hudhud")]
pub(crate) struct Pages {
    pages: Mutex<AnyPages<PyOutput>>,
    service: Py<Service>,
    options: CallOptions,
}

impl Exchange {
    pub(crate) fn of(exchange: AnyExchange<PyOutput>) -> Self {
        Self(Mutex::new(exchange))
    }

    fn next(&self, now: Option<f64>) -> PyResult<Step<ApiResponse<PyOutput>>> {
        self.with(|exchange| Ok(exchange.step(unix_time(now))))
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut AnyExchange<PyOutput>) -> PyResult<T>) -> PyResult<T> {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Pages {
    pub(crate) fn of(pages: AnyPages<PyOutput>, service: Py<Service>, options: CallOptions) -> Self {
        Self { pages: Mutex::new(pages), service, options }
    }

    fn lock(&self) -> MutexGuard<'_, AnyPages<PyOutput>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self, now: Option<f64>) -> PyResult<Step<ApiResponse<PyOutput>>> {
        self.lock().step(unix_time(now)).ok_or_else(not_running)
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut AnyExchange<PyOutput>) -> PyResult<T>) -> PyResult<T> {
        use_it(self.lock().running().ok_or_else(not_running)?)
    }
}

fn not_running() -> PyErr {
    PyValueError::new_err("no page is being requested; call begin() first")
}

/// Converts facts to a dictionary.
fn facts(py: Python<'_>, facts: &impl serde::Serialize) -> PyResult<Py<PyAny>> {
    Json::write(facts).unwrap_or_default().to_python(py)
}

/// The fields of a `Call`. A tuple costs a fraction of a dictionary.
type CallFacts = (&'static str, &'static str, &'static str, String, String, u16);

fn call_facts(call: CallDescription) -> CallFacts {
    (call.call, call.vendor, call.method, call.url_template, call.server_address, call.server_port)
}

type AttemptFacts =
    (u32, Option<u16>, Option<&'static str>, Option<&'static str>, Option<String>, RateLimit, Option<f64>);

fn attempt_facts(attempt: Attempt) -> AttemptFacts {
    (
        attempt.number,
        attempt.status,
        attempt.error.map(ErrorKind::as_str),
        attempt.fault.map(ClosedEnum::as_str),
        attempt.request_id,
        RateLimit(attempt.rate_limit),
        attempt.wait.map(|wait| wait.as_secs_f64()),
    )
}

/// Returns the next step for the host: a [`Request`] to send, the seconds to wait, or the `ApiResponse`.
fn step(py: Python<'_>, step: Step<ApiResponse<PyOutput>>) -> PyResult<Py<PyAny>> {
    match step {
        Step::Send(request) => Ok(Py::new(py, Request::bare(request))?.into_any()),
        Step::Wait(wait) => Ok(wait.as_secs_f64().into_pyobject(py)?.into_any().unbind()),
        Step::Done(Ok(decoded)) => {
            Ok(Py::new(py, crate::api_response::ApiResponse::of(py, decoded)?)?.into_any())
        }
        Step::Done(Err(error)) => Err(api_error(py, &error)),
    }
}

/// Defines the Python methods that `Exchange` and `Pages` share.
macro_rules! exchange {
    ($name:ident { $($more:tt)* }) => {
        #[pymethods]
        impl $name {
            $($more)*

            /// Returns the next step: a `Request` to send, the seconds to wait, or the `ApiResponse`.
            #[pyo3(signature = (now = None))]
            fn step(&self, py: Python<'_>, now: Option<f64>) -> PyResult<Py<PyAny>> {
                step(py, self.next(now)?)
            }

            /// Accepts the response to the request that was sent.
            #[pyo3(signature = (status, headers, body, now = None))]
            fn receive(
                &self,
                #[pyo3(from_py_with = argument::status)] status: u16,
                headers: &Bound<'_, PyAny>,
                body: &Bound<'_, PyAny>,
                now: Option<f64>,
            ) -> PyResult<()> {
                let (py, response) = (headers.py(), response(status, headers, body)?);
                self.with(|exchange| {
                    exchange.receive(response, unix_time(now)).map_err(|error| api_error(py, &error))
                })
            }

            /// Reports that no response was received: `connect`, `timeout` or `closed`.
            #[pyo3(signature = (fault, now = None))]
            fn fail(&self, py: Python<'_>, fault: &str, now: Option<f64>) -> PyResult<()> {
                let fault = argument::named("fault", || argument::chosen(fault))?;
                self.with(|exchange| exchange.fail(fault, unix_time(now)).map_err(|error| api_error(py, &error)))
            }

            /// Lets each request wait for its turn.
            fn wait_for(&self, rate_limiter: &Bound<'_, RateLimiter>) -> PyResult<()> {
                self.with(|exchange| {
                    exchange.wait_for(&rate_limiter.get().shared());
                    Ok(())
                })
            }

            /// Gives up the call's place before the rate limiter. An exception that ended the call may keep the exchange alive.
            fn leave(&self) {
                // A list between two pages has no exchange, and so no place.
                let _ = self.with(|exchange| {
                    exchange.leave();
                    Ok(())
                });
            }

            /// Ends the call because the store of its rate limiter has failed for so many seconds, or holds bytes that are not
            /// a state (`None`). Returns the exception of the call.
            fn lose_store(
                &self,
                py: Python<'_>,
                failing: Option<f64>,
                now: Option<f64>,
            ) -> PyResult<Py<PyAny>> {
                let fault = failing.map_or(StoreFault::NoState, |seconds| {
                    StoreFault::Failing(Duration::try_from_secs_f64(seconds).unwrap_or_default())
                });
                self.with(|exchange| {
                    let error = exchange.lose_store(fault, unix_time(now));
                    Ok(api_error(py, &error).into_value(py).into_any())
                })
            }

            /// The idempotency key that is sent. Keep it to repeat the call later.
            #[getter]
            fn idempotency_key(&self) -> PyResult<Option<String>> {
                self.with(|exchange| Ok(exchange.idempotency_key().map(|key| key.as_str().into())))
            }

            /// The facts about the call: `vendor`, `call`, `method`, `url_template`, `server_address`, `server_port`.
            fn description(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                self.with(|exchange| facts(py, &exchange.description()))
            }

            /// The facts about the attempt that has just ended, or `None` at other times: `attempt`, `status`,
            /// `error`, `fault`, `wait_ms`, `retry_after_ms`, `rate_limit`, `request_id`, `idempotent_replay`. Absent
            /// facts are left out.
            fn last_attempt(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
                self.with(|exchange| exchange.last_attempt().map(|attempt| facts(py, &attempt)).transpose())
            }

            /// The facts about the call for `_watch`: the fields of its `Call`.
            fn _call_facts(&self) -> PyResult<CallFacts> {
                self.with(|exchange| Ok(call_facts(exchange.description())))
            }

            /// The facts about the attempt that has just ended for `_watch`: the number, the status, the error, the fault,
            /// the request's id, the limits, and the seconds of the wait that follows.
            fn _attempt_facts(&self) -> PyResult<Option<AttemptFacts>> {
                self.with(|exchange| Ok(exchange.last_attempt().map(attempt_facts)))
            }

            /// The shortest time of a long wait for the rate limiter for `_watch`, in seconds, if a line of the log is due.
            fn _long_wait(&self) -> PyResult<Option<f64>> {
                self.with(|exchange| Ok(exchange.long_wait().map(|wait| wait.as_secs_f64())))
            }

            /// `True` if the call may have had its effect by now, although it is not over.
            #[getter]
            fn _may_have_happened(&self) -> PyResult<bool> {
                self.with(|exchange| Ok(exchange.may_have_happened()))
            }

            /// `True` if the call has a deadline.
            #[getter]
            fn _has_deadline(&self) -> PyResult<bool> {
                self.with(|exchange| Ok(exchange.has_deadline()))
            }

            /// The number of times that the request was sent so far.
            #[getter]
            fn attempts(&self) -> PyResult<u32> {
                self.with(|exchange| Ok(exchange.attempts()))
            }
        }
    };
}
exchange!(Exchange {
    /// Starts a call to a route that the catalog lacks. `input` is a JSON object.
    #[staticmethod]
    fn by_route(
        service: &Bound<'_, Service>,
        method: &str,
        path: &str,
        input: &str,
        given: Option<&Bound<'_, PyDict>>,
        entropy: [u8; 16],
    ) -> PyResult<Self> {
        let method = argument::named("method", || argument::chosen(method))?;
        let options = options(given, None)?;
        let exchange = service.get().exchange_by_route((method, path), input, options, entropy);
        Ok(Self::of(exchange.map_err(|error| api_error(service.py(), &error))?))
    }
});
exchange!(Pages {
    /// Starts the next page. Returns `False` after the last page.
    fn begin(&self, py: Python<'_>, entropy: [u8; 16]) -> PyResult<bool> {
        let has_begun = self.service.get().next_page(&mut self.lock(), self.options.clone(), entropy)?;
        has_begun.map_err(|error| api_error(py, &error))
    }
});
