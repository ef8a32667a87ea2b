//! An output with its metadata (status, rate limits, replay mark) and the unchanged HTTP response.

use std::time::Duration;

use hudhud::IdempotencyKey;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::argument::arguments;
use crate::declared::{Field, PyOutput, Reduced, json, reduce, repr};
use crate::error::api_error;
use crate::exception::wrong_value;
use crate::response::Response;

arguments! {
    meta: PyRef<'a, Meta>;
    rate_limit: Option<PyRef<'a, RateLimit>>;
    response: PyRef<'a, Response>;
}

/// A successful call: the output, its metadata, and the HTTP response.
#[pyclass(frozen, module = "hudhud")]
pub(crate) struct ApiResponse {
    /// The output.
    #[pyo3(get)]
    output: Py<PyAny>,
    meta: hudhud::Meta,
    response: hudhud::Response,
}

impl ApiResponse {
    pub(crate) fn of(py: Python<'_>, decoded: hudhud::ApiResponse<PyOutput>) -> PyResult<Self> {
        let hudhud::ApiResponse { output, meta, response, .. } = decoded;
        Ok(Self { output: output.into_python(py)?, meta, response })
    }

    pub(crate) fn into_output(self) -> Py<PyAny> {
        self.output
    }
}

#[pymethods]
impl ApiResponse {
    /// Creates a response for tests. Calls create the others.
    #[new]
    #[pyo3(signature = (*, output, meta, response))]
    fn __new__(
        output: Py<PyAny>,
        #[pyo3(from_py_with = meta)] meta: PyRef<'_, Meta>,
        #[pyo3(from_py_with = response)] response: PyRef<'_, Response>,
    ) -> Self {
        Self { output, meta: meta.0.clone(), response: response.0.clone() }
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> PyResult<bool> {
        let same = self.meta == other.meta && self.response == other.response;
        Ok(same && self.output.bind(py).eq(&other.output)?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        reduce(slf.as_any(), &["output", "meta", "response"].map(|name| (name, true)))
    }

    /// The status, the rate limits and the mark of an idempotent replay.
    #[getter]
    fn meta(&self) -> Meta {
        Meta(self.meta.clone())
    }

    /// The HTTP response, unchanged. It may contain personal text.
    #[getter]
    fn response(&self) -> Response {
        Response(self.response.clone())
    }

    /// `ApiResponse[Contact]`, for type hints.
    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        class.py().import("types")?.getattr("GenericAlias")?.call1((class, item))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("ApiResponse(output={}, status={})", self.output.bind(py).repr()?, self.meta.status))
    }
}

/// The metadata of a response or an error.
#[pyclass(frozen, eq, module = "hudhud")]
#[derive(PartialEq)]
pub(crate) struct Meta(hudhud::Meta);

#[pymethods]
impl Meta {
    /// Creates an object for tests.
    #[new]
    #[pyo3(signature = (
        *, status, rate_limit = None, retry_after = None, idempotent_replay = false, idempotency_key = None
    ))]
    fn __new__(
        py: Python<'_>,
        #[pyo3(from_py_with = crate::argument::status)] status: u16,
        #[pyo3(from_py_with = rate_limit)] rate_limit: Option<PyRef<'_, RateLimit>>,
        #[pyo3(from_py_with = crate::argument::retry_after)] retry_after: Option<f64>,
        #[pyo3(from_py_with = crate::argument::idempotent_replay)] idempotent_replay: bool,
        #[pyo3(from_py_with = crate::argument::idempotency_key)] idempotency_key: Option<String>,
    ) -> PyResult<Self> {
        let endless = |_| wrong_value("argument 'retry_after': expected a finite number of seconds >= 0");
        let mut meta = hudhud::Meta::default();
        meta.status = status;
        meta.rate_limit = rate_limit.map(|limit| limit.0).unwrap_or_default();
        meta.retry_after = retry_after.map(Duration::try_from_secs_f64).transpose().map_err(endless)?;
        meta.idempotent_replay = idempotent_replay;
        let key = idempotency_key.map(IdempotencyKey::new).transpose();
        meta.idempotency_key = key.map_err(|error| api_error(py, &error.into()))?;
        Ok(Self(meta))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        reduce(slf.as_any(), META)
    }

    /// The HTTP status.
    #[getter]
    fn status(&self) -> u16 {
        self.0.status
    }

    /// The rate limits of the key.
    #[getter]
    fn rate_limit(&self) -> RateLimit {
        RateLimit(self.0.rate_limit)
    }

    /// The seconds that the vendor asks to wait (`Retry-After`).
    #[getter]
    fn retry_after(&self) -> Option<f64> {
        self.0.retry_after.map(|wait| wait.as_secs_f64())
    }

    /// True if this is the stored response to an earlier request with the same idempotency key.
    #[getter]
    fn idempotent_replay(&self) -> bool {
        self.0.idempotent_replay
    }

    /// The idempotency key that was sent. A later call with the same key has no second effect.
    #[getter]
    fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_ref().map(hudhud::IdempotencyKey::as_str)
    }

    /// Converts the metadata to JSON types. Values that the response does not state are left out.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json(py, hudhud::Json::write(&self.0).unwrap_or_default().as_str())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), META)
    }
}

const META: &[Field] = &[
    ("status", false),
    ("rate_limit", false),
    ("retry_after", false),
    ("idempotent_replay", false),
    ("idempotency_key", false),
];

/// The rate limits of the key that the response states.
#[pyclass(frozen, eq, module = "hudhud")]
#[derive(PartialEq)]
pub(crate) struct RateLimit(pub(crate) hudhud::RateLimit);

const RATE_LIMIT: &[Field] = &[
    ("limit", false),
    ("remaining", false),
    ("reset", false),
    ("daily_limit", false),
    ("daily_remaining", false),
];

#[pymethods]
impl RateLimit {
    /// Creates an object for tests.
    #[new]
    #[pyo3(signature = (*, limit = None, remaining = None, reset = None, daily_limit = None, daily_remaining = None))]
    fn __new__(
        #[pyo3(from_py_with = crate::argument::limit)] limit: Option<u64>,
        #[pyo3(from_py_with = crate::argument::remaining)] remaining: Option<u64>,
        #[pyo3(from_py_with = crate::argument::reset)] reset: Option<u64>,
        #[pyo3(from_py_with = crate::argument::daily_limit)] daily_limit: Option<u64>,
        #[pyo3(from_py_with = crate::argument::daily_remaining)] daily_remaining: Option<u64>,
    ) -> Self {
        let mut limits = hudhud::RateLimit::default();
        (limits.limit, limits.remaining, limits.reset) = (limit, remaining, reset);
        (limits.daily_limit, limits.daily_remaining) = (daily_limit, daily_remaining);
        Self(limits)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        reduce(slf.as_any(), RATE_LIMIT)
    }

    /// The maximum number of requests per minute.
    #[getter]
    fn limit(&self) -> Option<u64> {
        self.0.limit
    }

    /// The requests left in this minute (inferred).
    #[getter]
    fn remaining(&self) -> Option<u64> {
        self.0.remaining
    }

    /// The end of this minute in Unix seconds (inferred).
    #[getter]
    fn reset(&self) -> Option<u64> {
        self.0.reset
    }

    /// The maximum number of requests per day.
    #[getter]
    fn daily_limit(&self) -> Option<u64> {
        self.0.daily_limit
    }

    /// The requests left today.
    #[getter]
    fn daily_remaining(&self) -> Option<u64> {
        self.0.daily_remaining
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), RATE_LIMIT)
    }
}
