//! Verifies and decodes deliveries, and signs them for tests.

use hudhud::Timestamp;
use hudhud::schema::{HasSchema, Type};
use hudhud::webhook::{self, EventData, EventName, SIGNATURE_HEADER, TIMESTAMP_HEADER, Verified};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::argument;
use crate::declared::{Field, Native, Reduced, ToPython, equal, match_args, reduce, repr, to_dict};
use crate::error::{api_error, refused};
use crate::exception::wrong_type;
use crate::wire::{each_header, unix_time};

/// The size in bytes from which other threads may run while a body is hashed. For a smaller body, releasing the
/// interpreter lock costs more than hashing.
const LARGE: usize = 16 * 1024;

/// Verifies deliveries with one secret, or with several secrets during a change of secrets.
#[pyclass(frozen, subclass, module = "hudhud._hudhud")]
#[derive(Debug)]
pub(crate) struct Verifier {
    verifier: webhook::Verifier,
    /// The number of secrets.
    secrets: usize,
    tolerance: Option<u64>,
}

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(signature = (*secrets, tolerance = Some(300)))]
    fn __new__(
        py: Python<'_>,
        secrets: &Bound<'_, PyTuple>,
        #[pyo3(from_py_with = argument::tolerance)] tolerance: Option<u64>,
    ) -> PyResult<Self> {
        let wrong = || wrong_type("secrets: expected each secret as a str, as the vendor shows it");
        let secrets = secrets.iter().map(|secret| secret.extract::<String>().map_err(|_| wrong()));
        let secrets: Vec<String> = secrets.collect::<PyResult<_>>()?;
        let count = secrets.len();
        let verifier = webhook::Verifier::with_secrets(secrets).map_err(|error| api_error(py, &error))?;
        let verifier = match tolerance {
            Some(seconds) => verifier.tolerance(seconds),
            None => verifier.without_tolerance(),
        };
        Ok(Self { verifier, secrets: count, tolerance })
    }

    /// Verifies a delivery and returns its event. Raises a `WebhookError` if the delivery is not genuine. `body` is the
    /// bytes as they were received.
    #[pyo3(signature = (headers, body, *, now = None))]
    fn verify(
        &self,
        py: Python<'_>,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = argument::now)] now: Option<f64>,
    ) -> PyResult<WebhookEvent> {
        let body = crate::wire::body(body)?;
        let signed = signed_headers(headers)?;
        let (bytes, now) = (body.as_bytes(), unix_time(now));
        let verified = if bytes.len() < LARGE {
            self.verifier.verify(&signed, bytes, now)
        } else {
            py.detach(|| self.verifier.verify(&signed, bytes, now))
        };
        WebhookEvent::of(py, verified.map_err(|error| refused(py, &error))?)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let Self { secrets, tolerance, .. } = slf.get();
        let tolerance = tolerance.map_or("None".into(), |seconds| seconds.to_string());
        Ok(format!("{}({}tolerance={tolerance})", slf.get_type().name()?, "'…', ".repeat(*secrets)))
    }
}

/// Returns the headers that the signature needs.
fn signed_headers(headers: &Bound<'_, PyAny>) -> PyResult<Vec<(&'static str, Vec<u8>)>> {
    let mut signed = Vec::with_capacity(2);
    each_header(headers, |name, value| {
        for known in [TIMESTAMP_HEADER, SIGNATURE_HEADER] {
            if name.eq_ignore_ascii_case(known) {
                signed.push((known, value.to_vec()));
            }
        }
    })?;
    Ok(signed)
}

/// The event of a genuine delivery.
#[pyclass(frozen, get_all, module = "hudhud")]
#[derive(Debug)]
pub(crate) struct WebhookEvent {
    /// The event's name, such as `message.received`.
    name: Py<PyAny>,
    /// The data of the event: an object of its type, or the decoded JSON of an event that this version does not know.
    data: Py<PyAny>,
    /// The workspace of the event.
    tenant_id: Py<PyAny>,
    /// The id of the delivery, the same for each attempt to deliver it.
    delivery_id: Py<PyAny>,
    /// The time of the event.
    occurred_at: Py<PyAny>,
    /// Other members that the vendor sent, verbatim.
    extra: Py<PyAny>,
    /// The replay key. Store it, so that the same delivery is not handled twice.
    replay_key: Py<PyAny>,
    /// The index of the secret that matched, from 0.
    secret_index: u64,
    /// The time of the signature, in Unix seconds.
    signed_at: u64,
    /// The time until which to store the replay key, in Unix seconds: at least 24 hours from now. `None` without a
    /// tolerance: then store the key without a time limit.
    deduplicate_until: Option<u64>,
}

const EVENT: &[Field] = &[
    ("name", false),
    ("data", false),
    ("tenant_id", false),
    ("delivery_id", false),
    ("occurred_at", false),
    ("extra", true),
    ("replay_key", false),
    ("secret_index", false),
    ("signed_at", false),
    ("deduplicate_until", false),
];

/// The fields that the body contains.
const BODY: &[Field] = &[
    ("event", false),
    ("tenant_id", false),
    ("delivery_id", false),
    ("occurred_at", false),
    ("data", true),
    ("extra", true),
];

/// Declares the conversion of an event's data.
macro_rules! data {
    ($( #[doc = $doc:literal] $event:ident $name:literal: $source:ident $data:ident = $sample:ident, )*) => {
        /// Converts the data of an event to an object of its type, and that of an unknown event to Python's JSON types.
        fn data(py: Python<'_>, data: &EventData) -> PyResult<Py<PyAny>> {
            match data {
                $( EventData::$event(data) => data.to_python(py), )*
                other => other.to_json().to_python(py),
            }
        }
    };
}
hudhud::for_each_event!(data);

impl WebhookEvent {
    fn of(py: Python<'_>, event: Verified<webhook::WebhookEvent>) -> PyResult<Self> {
        Ok(Self {
            name: PyString::intern(py, event.name.as_str()).into_any().unbind(),
            data: data(py, &event.data)?,
            tenant_id: event.tenant_id.to_python(py)?,
            delivery_id: event.delivery_id.to_python(py)?,
            occurred_at: event.occurred_at.to_python(py)?,
            extra: event.extra.to_python(py)?,
            replay_key: PyString::new(py, event.replay_key()).into_any().unbind(),
            secret_index: event.secret_index() as u64,
            signed_at: event.signed_at().as_secs(),
            deduplicate_until: event.deduplicate_until().map(hudhud::UnixTime::as_secs),
        })
    }
}

#[pymethods]
impl WebhookEvent {
    /// Creates an event for tests. `Webhook.verify` creates the others.
    #[new]
    #[pyo3(signature = (
        *, name, data = None, tenant_id = None, delivery_id = None, occurred_at = None, extra = None,
        replay_key = String::new(), secret_index = 0, signed_at = 0, deduplicate_until = None
    ))]
    #[allow(clippy::too_many_arguments, reason = "one argument per field")]
    fn __new__(
        py: Python<'_>,
        #[pyo3(from_py_with = argument::name)] name: String,
        data: Option<Py<PyAny>>,
        #[pyo3(from_py_with = argument::tenant_id)] tenant_id: Option<String>,
        #[pyo3(from_py_with = argument::delivery_id)] delivery_id: Option<String>,
        #[pyo3(from_py_with = argument::occurred_at)] occurred_at: Option<Native<Timestamp>>,
        #[pyo3(from_py_with = argument::extra)] extra: Option<Py<PyDict>>,
        #[pyo3(from_py_with = argument::replay_key)] replay_key: String,
        #[pyo3(from_py_with = argument::secret_index)] secret_index: u64,
        #[pyo3(from_py_with = argument::signed_at)] signed_at: u64,
        #[pyo3(from_py_with = argument::deduplicate_until)] deduplicate_until: Option<u64>,
    ) -> PyResult<Self> {
        Ok(Self {
            name: PyString::intern(py, &name).into_any().unbind(),
            data: data.unwrap_or_else(|| py.None()),
            tenant_id: tenant_id.to_python(py)?,
            delivery_id: delivery_id.to_python(py)?,
            occurred_at: occurred_at.map(|time| time.0).to_python(py)?,
            extra: extra.unwrap_or_else(|| PyDict::new(py).unbind()).into_any(),
            replay_key: PyString::new(py, &replay_key).into_any().unbind(),
            secret_index,
            signed_at,
            deduplicate_until,
        })
    }

    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        match_args(py, EVENT)
    }

    /// True if this version of the library knows the event.
    #[getter]
    fn known(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(EventName::from(self.name.extract::<String>(py)?).is_known())
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, Self>) -> PyResult<bool> {
        equal(slf.as_any(), other.as_any(), EVENT)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), EVENT)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        reduce(slf.as_any(), EVENT)
    }

    /// The name of the event, as the member `event` of the body has it.
    #[getter]
    fn event(&self, py: Python<'_>) -> Py<PyAny> {
        self.name.clone_ref(py)
    }

    /// Converts the body to JSON types, with the vendor's names.
    fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        to_dict(slf.as_any(), BODY)
    }
}

/// A signed delivery, as the vendor would send it.
#[pyclass(frozen, get_all, module = "hudhud")]
#[derive(Debug)]
pub(crate) struct Delivery {
    /// The headers of the delivery.
    headers: Py<PyDict>,
    /// The body of the delivery.
    body: Py<pyo3::types::PyBytes>,
}

#[pymethods]
impl Delivery {
    fn __repr__(&self, py: Python<'_>) -> String {
        format!("Delivery({} bytes)", self.body.as_bytes(py).len())
    }
}

/// Signs a body as the vendor does, for tests. Returns a `Delivery` with the headers and the body.
#[pyfunction]
#[pyo3(signature = (secret, body, *, now = None))]
pub(crate) fn sign(
    py: Python<'_>,
    #[pyo3(from_py_with = argument::secret)] secret: &str,
    body: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = argument::now)] now: Option<f64>,
) -> PyResult<Delivery> {
    let body = crate::wire::body(body)?;
    let delivery =
        webhook::sign(secret, body.as_bytes(), unix_time(now)).map_err(|error| api_error(py, &error))?;
    let headers = PyDict::new(py);
    for (name, value) in delivery.headers {
        headers.set_item(name, value)?;
    }
    Ok(Delivery { headers: headers.unbind(), body: body.unbind() })
}

/// Returns the body of a sample delivery of an event, as a dict.
#[pyfunction]
pub(crate) fn sample_delivery(
    py: Python<'_>,
    event: &str,
    delivery_id: &str,
    occurred_at: Native<Timestamp>,
) -> PyResult<Py<PyAny>> {
    webhook::sample_delivery(&EventName::from(event), delivery_id, &occurred_at.0).to_python(py)
}

/// Returns the names of the events that the vendor documents.
pub(crate) fn names(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    let names: Vec<&str> = match EventName::TYPE {
        Type::Enum(open) => open.values.iter().map(|(name, _)| *name).collect(),
        _ => Vec::new(),
    };
    PyTuple::new(py, names)
}
