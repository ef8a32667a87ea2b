//! An answer with what was said beside it: status, limits, replay mark, and the response as it came.

use hudhud::hosts::python::answer::Replied;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};

/// A success: the answer, what was said beside it, and the response it came in.
#[pyclass(frozen, module = "hudhud")]
pub(crate) struct Reply {
    /// The answer.
    #[pyo3(get)]
    answer: Py<PyAny>,
    meta: hudhud::Meta,
    response: hudhud::Response,
}

impl Reply {
    pub(crate) fn of(py: Python<'_>, reply: hudhud::Reply<Replied>) -> PyResult<Self> {
        let hudhud::Reply { answer, meta, response, .. } = reply;
        Ok(Self { answer: answer.into_python(py)?, meta, response })
    }

    pub(crate) fn into_answer(self) -> Py<PyAny> {
        self.answer
    }
}

#[pymethods]
impl Reply {
    /// Status, limits and replay mark.
    #[getter]
    fn meta(&self) -> Meta {
        Meta(self.meta.clone())
    }

    /// The response as it came. It may hold personal text.
    #[getter]
    fn response(&self) -> Response {
        Response(self.response.clone())
    }

    /// `Reply[Contact]`, for type hints.
    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        class.py().import("types")?.getattr("GenericAlias")?.call1((class, item))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Reply(answer={}, status={})", self.answer.bind(py).repr()?, self.meta.status))
    }
}

/// What a reply or an error says beside its body.
#[pyclass(frozen, eq, module = "hudhud")]
#[derive(PartialEq)]
pub(crate) struct Meta(hudhud::Meta);

#[pymethods]
impl Meta {
    /// The HTTP status.
    #[getter]
    fn status(&self) -> u16 {
        self.0.status
    }

    /// The limits of the key.
    #[getter]
    fn rate_limit(&self) -> RateLimit {
        RateLimit(self.0.rate_limit)
    }

    /// How many seconds the vendor asks to wait.
    #[getter]
    fn retry_after(&self) -> Option<f64> {
        self.0.retry_after.map(|wait| wait.as_secs_f64())
    }

    /// Whether this is the stored answer to an earlier request with the same idempotency key.
    #[getter]
    fn idempotent_replay(&self) -> bool {
        self.0.idempotent_replay
    }

    /// The idempotency key that was sent, to be used again for the same wish.
    #[getter]
    fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_ref().map(hudhud::IdempotencyKey::as_str)
    }

    /// All of it as what JSON knows; what was not said is left out.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        hudhud::hosts::python::answer::json(py, hudhud::Json::write(&self.0).unwrap_or_default().as_str())
    }

    fn __repr__(&self) -> String {
        format!("Meta(status={}, idempotent_replay={:?})", self.0.status, self.0.idempotent_replay)
    }
}

/// The limits of the key that was used, as far as the reply named them.
#[pyclass(frozen, eq, module = "hudhud")]
#[derive(PartialEq)]
pub(crate) struct RateLimit(hudhud::RateLimit);

#[pymethods]
impl RateLimit {
    /// Requests a minute.
    #[getter]
    fn limit(&self) -> Option<u64> {
        self.0.limit
    }

    /// Requests left in this minute (inferred).
    #[getter]
    fn remaining(&self) -> Option<u64> {
        self.0.remaining
    }

    /// Unix seconds when the minute ends (inferred).
    #[getter]
    fn reset(&self) -> Option<u64> {
        self.0.reset
    }

    /// Requests a day.
    #[getter]
    fn daily_limit(&self) -> Option<u64> {
        self.0.daily_limit
    }

    /// Requests left today.
    #[getter]
    fn daily_remaining(&self) -> Option<u64> {
        self.0.daily_remaining
    }

    fn __repr__(&self) -> String {
        let show = |number: Option<u64>| number.map_or("None".into(), |number| number.to_string());
        format!("RateLimit(limit={}, daily_remaining={})", show(self.0.limit), show(self.0.daily_remaining))
    }
}

/// An HTTP response as it came.
#[pyclass(frozen, eq, module = "hudhud")]
#[derive(PartialEq)]
pub(crate) struct Response(pub(crate) hudhud::Response);

#[pymethods]
impl Response {
    #[new]
    fn __new__(
        #[pyo3(from_py_with = crate::argument::status)] status: u16,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let (headers, body) = (crate::wire::headers(headers)?, crate::wire::body(body)?);
        Ok(Self(hudhud::Response { status, headers, body: body.as_bytes().to_vec() }))
    }

    /// The status code.
    #[getter]
    fn status(&self) -> u16 {
        self.0.status
    }

    /// Names and values, in the order they came.
    #[getter]
    fn headers(&self) -> Vec<(String, String)> {
        self.0.headers.clone()
    }

    /// The body. It may hold personal text.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.body)
    }

    /// The first header of this name, in whatever case.
    fn header(&self, name: &str) -> Option<&str> {
        self.0.header(name)
    }

    /// The body as Python's `json` reads it.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("json")?.getattr("loads")?.call1((PyBytes::new(py, &self.0.body),))
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> (u16, Vec<(String, String)>, Bound<'py, PyBytes>) {
        (self.0.status, self.0.headers.clone(), self.body(py))
    }

    fn __repr__(&self) -> String {
        format!("Response(status={}, body={} bytes)", self.0.status, self.0.body.len())
    }
}
