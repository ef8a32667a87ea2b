//! Running calls and lists of pages, as state machines for Python: requests to send, waits, and results.

use std::sync::{Mutex, PoisonError};

use hudhud::bindings::pyo3::field::Modelled;
use hudhud::bindings::pyo3::{Replied, Seen};
use hudhud::endpoint::Endpoint;
use hudhud::{
    CallOptions, Error, IdempotencyKey, Page, Paged, Reply, Response, Step, TransportFault, UnixTime, Walk,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::argument;
use crate::error::raised;
use crate::request::Request;
use crate::service::{Known, Service};
use crate::wire::{body, headers, moment};

/// An exchange with its type erased.
pub(crate) trait Flight: Send {
    /// Returns the next step. For a list without a running page, the step is `Done` with `None`.
    fn step(&mut self, now: UnixTime) -> Step<Option<Reply<Replied>>>;

    fn receive(&mut self, response: Response, now: UnixTime) -> Result<(), Error>;

    fn fail(&mut self, fault: TransportFault, now: UnixTime) -> Result<(), Error>;

    /// Returns the idempotency key and the number of times that the request was sent.
    fn sent(&self) -> (Option<&IdempotencyKey>, u32);
}

impl<E> Flight for hudhud::Exchange<E>
where
    E: Endpoint<Answer: Into<Replied>> + Send,
{
    fn step(&mut self, now: UnixTime) -> Step<Option<Reply<Replied>>> {
        match hudhud::Exchange::step(self, now) {
            Step::Send(request) => Step::Send(request),
            Step::Wait(wait) => Step::Wait(wait),
            Step::Done(outcome) => Step::Done(outcome.map(|reply| Some(reply.map(Into::into)))),
        }
    }

    fn receive(&mut self, response: Response, now: UnixTime) -> Result<(), Error> {
        hudhud::Exchange::receive(self, response, now)
    }

    fn fail(&mut self, fault: TransportFault, now: UnixTime) -> Result<(), Error> {
        hudhud::Exchange::fail(self, fault, now)
    }

    fn sent(&self) -> (Option<&IdempotencyKey>, u32) {
        (self.idempotency_key(), self.attempts())
    }
}

/// A walk through the pages of a list, with its type erased.
pub(crate) trait Walking: Send {
    /// Starts the exchange for the next page. Returns `false` after the last page.
    fn begin(
        &mut self,
        service: &Service,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> PyResult<Result<bool, Error>>;

    /// Returns the running exchange, if any.
    fn flight(&mut self) -> Option<&mut dyn Flight>;
}

/// A walk, and the call and exchange of the page that is being requested.
pub(crate) struct Walked<E: Endpoint> {
    walk: Walk<E>,
    page: Option<(E, hudhud::Exchange<E>)>,
}

impl<E: Endpoint + Paged + Clone> Walked<E> {
    pub(crate) fn new(call: E) -> Self {
        Self { walk: Walk::new(call), page: None }
    }
}

impl<E, T> Walking for Walked<E>
where
    E: Endpoint<Answer = Page<Seen<T>>, Vendor: Known> + Paged + Clone + Send,
    T: Modelled,
{
    fn begin(
        &mut self,
        service: &Service,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> PyResult<Result<bool, Error>> {
        let call = match self.walk.call() {
            None => return Ok(Ok(false)),
            Some(Ok(call)) => call,
            Some(Err(error)) => return Ok(Err(error)),
        };
        let exchange = E::Vendor::of(service)?.exchange_with(call.clone(), options, entropy);
        Ok(exchange.map(|exchange| {
            self.page = Some((call, exchange));
            true
        }))
    }

    fn flight(&mut self) -> Option<&mut dyn Flight> {
        self.page.is_some().then_some(self as &mut dyn Flight)
    }
}

impl<E, T> Flight for Walked<E>
where
    E: Endpoint<Answer = Page<Seen<T>>> + Paged + Clone + Send,
    T: Modelled,
{
    fn step(&mut self, now: UnixTime) -> Step<Option<Reply<Replied>>> {
        let Some((call, exchange)) = &mut self.page else { return Step::Done(Ok(None)) };
        let outcome = match exchange.step(now) {
            Step::Send(request) => return Step::Send(request),
            Step::Wait(wait) => return Step::Wait(wait),
            Step::Done(outcome) => self.walk.arrived(call, outcome),
        };
        self.page = None;
        Step::Done(outcome.map(|reply| Some(reply.map(Into::into))))
    }

    fn receive(&mut self, response: Response, now: UnixTime) -> Result<(), Error> {
        self.page.as_mut().map_or(Ok(()), |(_, exchange)| exchange.receive(response, now))
    }

    fn fail(&mut self, fault: TransportFault, now: UnixTime) -> Result<(), Error> {
        self.page.as_mut().map_or(Ok(()), |(_, exchange)| exchange.fail(fault, now))
    }

    fn sent(&self) -> (Option<&IdempotencyKey>, u32) {
        self.page
            .as_ref()
            .map_or((None, 0), |(_, exchange)| (exchange.idempotency_key(), exchange.attempts()))
    }
}

/// A running call with its retries. It is a state machine: the caller passes in the time and the responses.
#[pyclass(frozen, module = "hudhud._hudhud")]
pub(crate) struct Exchange(Mutex<Box<dyn Flight>>);

/// A walk through the pages of a list. Each page is a running call.
#[pyclass(frozen, module = "hudhud._hudhud")]
pub(crate) struct Pages {
    walk: Mutex<Box<dyn Walking>>,
    service: Py<Service>,
    options: CallOptions,
}

impl Exchange {
    pub(crate) fn of(flight: Box<dyn Flight>) -> Self {
        Self(Mutex::new(flight))
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut dyn Flight) -> PyResult<T>) -> PyResult<T> {
        use_it(self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut())
    }
}

impl Pages {
    pub(crate) fn of(walk: Box<dyn Walking>, service: Py<Service>, options: CallOptions) -> Self {
        Self { walk: Mutex::new(walk), service, options }
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut dyn Flight) -> PyResult<T>) -> PyResult<T> {
        let mut walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
        use_it(
            walk.flight()
                .ok_or_else(|| PyValueError::new_err("no page is being requested; call begin() first"))?,
        )
    }
}

/// Returns the next step for the host: a [`Request`] to send, the seconds to wait, or the reply.
fn step(py: Python<'_>, flight: &mut dyn Flight, now: Option<f64>) -> PyResult<Py<PyAny>> {
    match flight.step(moment(now)) {
        Step::Send(request) => Ok(Py::new(py, Request::bare(request))?.into_any()),
        Step::Wait(wait) => Ok(wait.as_secs_f64().into_pyobject(py)?.into_any().unbind()),
        Step::Done(Ok(Some(reply))) => Ok(Py::new(py, crate::reply::Reply::of(py, reply)?)?.into_any()),
        Step::Done(Ok(None)) => Ok(py.None()),
        Step::Done(Err(error)) => Err(raised(py, &error)),
    }
}

fn receive(
    flight: &mut dyn Flight,
    status: u16,
    of: &Bound<'_, PyAny>,
    content: &Bound<'_, PyAny>,
    now: Option<f64>,
) -> PyResult<()> {
    let response = Response { status, headers: headers(of)?, body: body(content)?.as_bytes().to_vec() };
    flight.receive(response, moment(now)).map_err(|error| raised(of.py(), &error))
}

fn fail(py: Python<'_>, flight: &mut dyn Flight, fault: &str, now: Option<f64>) -> PyResult<()> {
    let fault = argument::named("fault", || argument::chosen(fault))?;
    flight.fail(fault, moment(now)).map_err(|error| raised(py, &error))
}

/// Defines the Python methods that `Exchange` and `Pages` share.
macro_rules! flight {
    ($name:ident { $($more:tt)* }) => {
        #[pymethods]
        impl $name {
            $($more)*

            /// Returns the next step: a `Request` to send, the seconds to wait, or the `Reply`.
            #[pyo3(signature = (now = None))]
            fn step(&self, py: Python<'_>, now: Option<f64>) -> PyResult<Py<PyAny>> {
                self.with(|flight| step(py, flight, now))
            }

            /// Passes in the response to the request that was sent.
            #[pyo3(signature = (status, headers, body, now = None))]
            fn receive(
                &self,
                #[pyo3(from_py_with = argument::status)] status: u16,
                headers: &Bound<'_, PyAny>,
                body: &Bound<'_, PyAny>,
                now: Option<f64>,
            ) -> PyResult<()> {
                self.with(|flight| receive(flight, status, headers, body, now))
            }

            /// Reports that no response was received: `connect`, `timeout` or `closed`.
            #[pyo3(signature = (fault, now = None))]
            fn fail(&self, py: Python<'_>, fault: &str, now: Option<f64>) -> PyResult<()> {
                self.with(|flight| fail(py, flight, fault, now))
            }

            /// The idempotency key that is sent. Keep it to repeat the call later.
            #[getter]
            fn idempotency_key(&self) -> PyResult<Option<String>> {
                self.with(|flight| Ok(flight.sent().0.map(|key| key.as_str().into())))
            }

            /// The number of times that the request was sent so far.
            #[getter]
            fn attempts(&self) -> PyResult<u32> {
                self.with(|flight| Ok(flight.sent().1))
            }
        }
    };
}
flight!(Exchange {});
flight!(Pages {
    /// Starts the next page. Returns `False` after the last page.
    fn begin(&self, py: Python<'_>, entropy: [u8; 16]) -> PyResult<bool> {
        let mut walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
        walk.begin(self.service.get(), self.options.clone(), entropy)?.map_err(|error| raised(py, &error))
    }
});
