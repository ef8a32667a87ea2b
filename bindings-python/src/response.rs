//! An HTTP response as a Python object.

use pyo3::exceptions::{PyRecursionError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::declared::{Reduced, reduce};

/// An HTTP response, unchanged.
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

    /// The HTTP status.
    #[getter]
    fn status(&self) -> u16 {
        self.0.status
    }

    /// The names and values of the headers, in their original order.
    #[getter]
    fn headers(&self) -> Vec<(String, String)> {
        self.0.headers.clone()
    }

    /// The body. It may contain personal text.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.body)
    }

    /// Returns the first header of this name, ignoring case.
    fn header(&self, name: &str) -> Option<&str> {
        self.0.header(name)
    }

    /// Decodes the body with Python's `json`. Raises a `ValueError` if the body is not JSON or is nested too deep.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let read = py.import("json")?.getattr("loads")?.call1((PyBytes::new(py, &self.0.body),));
        read.map_err(|error| {
            if error.is_instance_of::<PyRecursionError>(py) {
                PyValueError::new_err(
                    "body: JSON is nested too deep for Python's json module; read body with another reader",
                )
            } else {
                error
            }
        })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        reduce(slf.as_any(), &["status", "headers", "body"].map(|name| (name, true)))
    }

    fn __repr__(&self) -> String {
        format!("Response(status={}, body={} bytes)", self.0.status, self.0.body.len())
    }
}
