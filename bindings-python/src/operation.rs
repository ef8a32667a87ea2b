//! The rows of the catalog as objects. An object creates its call from keywords, and returns the request, the exchange
//! or the pages of the call.

use std::marker::PhantomData;

use hudhud::bindings::pyo3::endpoint::AsPython;
use hudhud::bindings::pyo3::field::Modelled;
use hudhud::bindings::pyo3::{InPython, Replied};
use hudhud::endpoint::{Endpoint, Idempotency, Spec};
use hudhud::{CallOptions, Error, IdempotencyKey, Page, Paged, Reply, Response};
use pyo3::PyClass;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::error::raised;
use crate::exchange::{Exchange, Flight, Pages, Walked, Walking};
use crate::request::Request;
use crate::service::{Known, Service, options};

/// A row of the catalog.
#[pyclass(frozen, module = "hudhud._hudhud")]
pub(crate) struct Operation {
    spec: &'static Spec,
    class: Py<PyType>,
    paged: bool,
    made: fn(&Bound<'_, PyAny>) -> PyResult<Box<dyn Made>>,
    decode: Decoder,
}

/// Decodes a response of a call whose fields are unknown.
type Decoder = fn(&Service, Response) -> PyResult<Result<Reply<Replied>, Error>>;

/// A call with its fields set and its type erased.
pub(crate) trait Made: Send + Sync {
    fn request(&self, service: &Service, options: &CallOptions) -> PyResult<Result<hudhud::Request, Error>>;

    fn exchange(
        &self,
        service: &Service,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> PyResult<Result<Box<dyn Flight>, Error>>;

    fn reply(
        &self,
        service: &Service,
        response: Response,
        key: Option<&IdempotencyKey>,
    ) -> PyResult<Result<Reply<Replied>, Error>>;

    /// Decodes only the answer. Returns `None` if the response is not a success that can be decoded: `reply` then
    /// returns the error.
    fn answer(&self, service: &Service, status: u16, body: &[u8]) -> PyResult<Option<Replied>>;

    /// Returns the walk through the call's pages, if it has pages.
    fn pages(&self) -> Option<Box<dyn Walking>>;
}

/// A call, and the strategy for its pages.
struct Typed<E, P>(E, PhantomData<fn() -> P>);

/// The strategy for a call's pages.
trait Paging<E> {
    fn pages(call: &E) -> Option<Box<dyn Walking>>;
}

/// The strategy of a call without pages.
struct Single;

/// The strategy of a call that answers with pages of `T`.
struct Listed<T>(PhantomData<fn() -> T>);

impl<E> Paging<E> for Single {
    fn pages(_: &E) -> Option<Box<dyn Walking>> {
        None
    }
}

impl<E, T> Paging<E> for Listed<T>
where
    E: Endpoint<Answer = Page<T>, Vendor: Known> + Paged + Clone + Send + Sync + 'static,
    T: Modelled + 'static,
{
    fn pages(call: &E) -> Option<Box<dyn Walking>> {
        Some(Box::new(Walked::new(AsPython(call.clone()))))
    }
}

impl<E, P: Paging<E>> Made for Typed<E, P>
where
    E: Endpoint<Vendor: Known, Answer: InPython> + Clone + Send + Sync + 'static,
{
    fn request(&self, service: &Service, options: &CallOptions) -> PyResult<Result<hudhud::Request, Error>> {
        Ok(E::Vendor::of(service)?.request(&self.0, options))
    }

    fn exchange(
        &self,
        service: &Service,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> PyResult<Result<Box<dyn Flight>, Error>> {
        let exchange = E::Vendor::of(service)?.exchange_with(AsPython(self.0.clone()), options, entropy);
        Ok(exchange.map(|exchange| Box::new(exchange) as Box<dyn Flight>))
    }

    fn reply(
        &self,
        service: &Service,
        response: Response,
        key: Option<&IdempotencyKey>,
    ) -> PyResult<Result<Reply<Replied>, Error>> {
        let reply = E::Vendor::of(service)?.reply::<AsPython<E>>(response, key);
        Ok(reply.map(|reply| reply.map(Into::into)))
    }

    fn answer(&self, service: &Service, status: u16, body: &[u8]) -> PyResult<Option<Replied>> {
        Ok(E::Vendor::of(service)?.answer::<AsPython<E>>(status, body).map(Into::into))
    }

    fn pages(&self) -> Option<Box<dyn Walking>> {
        P::pages(&self.0)
    }
}

impl Operation {
    fn new<E, P>(py: Python<'_>, paged: bool) -> Self
    where
        E: Endpoint<Vendor: Known, Answer: InPython> + PyClass + Clone + Send + Sync + 'static,
        P: Paging<E> + 'static,
    {
        let made = |call: &Bound<'_, PyAny>| {
            Ok(Box::new(Typed::<E, P>(call.cast::<E>()?.borrow().clone(), PhantomData)) as Box<dyn Made>)
        };
        let decode = |service: &Service, response| {
            let reply = E::Vendor::of(service)?.reply::<AsPython<E>>(response, None);
            Ok(reply.map(|reply| reply.map(Into::into)))
        };
        Self { spec: E::SPEC, class: py.get_type::<E>().unbind(), paged, made, decode }
    }

    /// Creates the call with these fields. An error for a field of a wrong type names the field.
    fn call(&self, py: Python<'_>, fields: &Bound<'_, PyDict>) -> PyResult<Box<dyn Made>> {
        let call = self.class.bind(py).call((), Some(fields)).map_err(|error| self.explained(py, error))?;
        (self.made)(&call)
    }

    /// Turns an error of a call's constructor into an error of the call. Its message already names the argument.
    fn explained(&self, py: Python<'_>, error: PyErr) -> PyErr {
        if error.get_type(py).module().is_ok_and(|module| module != "builtins") {
            // An exception of the package. It gets the name of this call.
            let _ = error.value(py).setattr("call", self.spec.name);
            return error;
        }
        let told = error.value(py).to_string();
        let told = if told.starts_with("argument '") {
            format!("{}() {told}", self.spec.verb)
        } else {
            told.replace(&format!("{}.__new__()", self.spec.input.name), &format!("{}()", self.spec.verb))
        };
        if error.is_instance_of::<PyTypeError>(py) {
            PyTypeError::new_err(told)
        } else if error.is_instance_of::<PyValueError>(py) {
            PyValueError::new_err(told)
        } else {
            error
        }
    }
}

#[pymethods]
impl Operation {
    /// The vendor: `zagely` or `wazaj`.
    #[getter]
    fn vendor(&self) -> &'static str {
        self.spec.vendor
    }

    /// The group: the part of the call's name before the dot.
    #[getter]
    fn group(&self) -> &'static str {
        self.spec.group
    }

    /// The verb: the part of the call's name after the dot.
    #[getter]
    fn verb(&self) -> &'static str {
        self.spec.verb
    }

    /// The documentation of the call.
    #[getter]
    fn doc(&self) -> &'static str {
        self.spec.input.doc
    }

    /// The fields: name, documentation, and true if the field is required. The fields in the path are first, then the
    /// others in the vendor's order.
    #[getter]
    fn fields(&self) -> Vec<(&'static str, &'static str, bool)> {
        self.spec.input.fields.iter().map(|field| (field.name, field.doc, field.required)).collect()
    }

    /// The class of the call's fields.
    #[getter]
    fn call_class<'py>(&self, py: Python<'py>) -> Bound<'py, PyType> {
        self.class.bind(py).clone()
    }

    /// True if the call answers with pages.
    #[getter]
    fn paged(&self) -> bool {
        self.paged
    }

    /// True if the call carries an idempotency key.
    #[getter]
    fn keyed(&self) -> bool {
        self.spec.idempotency == Idempotency::Key
    }

    fn __repr__(&self) -> String {
        format!("Operation({}.{})", self.spec.vendor, self.spec.name)
    }

    /// Builds the request of the call with these fields.
    #[pyo3(signature = (service, fields, given = None, entropy = None))]
    fn request(
        slf: &Bound<'_, Self>,
        service: &Bound<'_, Service>,
        fields: &Bound<'_, PyDict>,
        given: Option<&Bound<'_, PyDict>>,
        entropy: Option<[u8; 16]>,
    ) -> PyResult<Request> {
        let py = slf.py();
        let call = slf.get().call(py, fields)?;
        let mut options = options(given)?;
        if options.idempotency_key.is_none() {
            options.idempotency_key = entropy.map(IdempotencyKey::from_entropy);
        }
        let request = call.request(service.get(), &options)?.map_err(|error| raised(py, &error))?;
        // The HTTP method decides if a key is sent, and an option may have changed the method.
        let key = options.idempotency_key.filter(|_| request.header("Idempotency-Key").is_some());
        Ok(Request::of(request, call, service.clone().unbind(), key))
    }

    /// Starts the call as an exchange.
    #[pyo3(signature = (service, fields, given, entropy))]
    fn exchange(
        &self,
        py: Python<'_>,
        service: &Service,
        fields: &Bound<'_, PyDict>,
        given: Option<&Bound<'_, PyDict>>,
        entropy: [u8; 16],
    ) -> PyResult<Exchange> {
        let flight = self.call(py, fields)?.exchange(service, options(given)?, entropy)?;
        Ok(Exchange::of(flight.map_err(|error| raised(py, &error))?))
    }

    /// Decodes a recorded response without the fields of its call.
    fn decode(
        &self,
        py: Python<'_>,
        service: &Service,
        #[pyo3(from_py_with = crate::argument::status)] status: u16,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<crate::reply::Reply> {
        let response = crate::request::response(status, headers, body)?;
        crate::reply::Reply::of(py, (self.decode)(service, response)?.map_err(|error| raised(py, &error))?)
    }

    /// Starts a walk through the pages of a call. Raises a `TypeError` if the call has no pages.
    #[pyo3(signature = (service, fields, given = None))]
    fn pages(
        &self,
        py: Python<'_>,
        service: Py<Service>,
        fields: &Bound<'_, PyDict>,
        given: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Pages> {
        let walk = self.call(py, fields)?.pages();
        let walk = walk.ok_or_else(|| PyTypeError::new_err("this call has no pages"))?;
        Ok(Pages::of(walk, service, options(given)?))
    }
}

/// Selects the strategy for the answer of a row.
macro_rules! paging {
    ([Page<$item:ident>] $vendor:ident) => { Listed<hudhud::$vendor::$item> };
    ($answer:tt $vendor:ident) => { Single };
}

macro_rules! is_paged {
    ([Page<$item:ident>]) => {
        true
    };
    ($answer:tt) => {
        false
    };
}

macro_rules! stamp {
    ([] $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> $answer:tt; )* } )* } )*) => {
        /// Returns the operations of all calls.
        pub(crate) fn all(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
            PyTuple::new(py, [ $( $( $(
                Py::new(py, Operation::new::<hudhud::$vendor::$call, paging!($answer $vendor)>(py, is_paged!($answer)))?,
            )* )* )* ])
        }
    };
}
hudhud::for_each_endpoint!(stamp);
