//! A request as plain data, and the decoder of its response: the interface without any I/O.

use hudhud::{IdempotencyKey, Response, ResponseDecoder};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyType};

use crate::api_response::ApiResponse;
use crate::declared::PyOutput;
use crate::error::api_error;
use crate::wire::{body, each_header, headers};

/// A request that any HTTP library can send. Send it unchanged, and do not follow redirects.
#[pyclass(frozen, module = "hudhud")]
pub(crate) struct Request {
    request: hudhud::Request,
    /// The decoder of the response. It is `None` if an exchange decodes the response.
    reader: Option<Reader>,
}

struct Reader {
    decoder: ResponseDecoder<PyOutput>,
    key: Option<IdempotencyKey>,
}

impl Request {
    pub(crate) fn of(
        request: hudhud::Request,
        decoder: ResponseDecoder<PyOutput>,
        key: Option<IdempotencyKey>,
    ) -> Self {
        Self { request, reader: Some(Reader { decoder, key }) }
    }

    /// Creates the request of an exchange, which decodes the response itself.
    pub(crate) fn bare(request: hudhud::Request) -> Self {
        Self { request, reader: None }
    }
}

#[pymethods]
impl Request {
    /// The name of the call, such as `contacts.list`.
    #[getter]
    fn call(&self) -> &'static str {
        self.request.call
    }

    /// The HTTP method: `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    #[getter]
    fn method(&self) -> &'static str {
        self.request.method.as_str()
    }

    /// The complete URL.
    #[getter]
    fn url(&self) -> &str {
        &self.request.url
    }

    /// The request headers.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        for (name, value) in &self.request.headers {
            headers.set_item(name, value)?;
        }
        Ok(headers)
    }

    /// The request body. `None` if the request has no body.
    #[getter]
    fn content<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.request.body.as_ref().map(|body| PyBytes::new(py, body))
    }

    /// The maximum duration of this attempt in seconds, if the call has a timeout or a deadline. A transport uses the
    /// shorter of this and its own timeout.
    #[getter]
    fn timeout(&self) -> Option<f64> {
        self.request.timeout.map(|timeout| timeout.as_secs_f64())
    }

    /// The idempotency key that is sent.
    #[getter]
    fn idempotency_key(&self) -> Option<&str> {
        self.request.header("Idempotency-Key")
    }

    /// Decodes the output from a response. Raises an `ApiError` if the response is an error.
    fn decode(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::argument::status)] status: u16,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<Py<PyAny>> {
        if let Some(Reader { decoder, .. }) = &self.reader {
            // The headers are only validated, not copied: a plain answer keeps nothing of the response.
            each_header(headers, |_, _| {})?;
            if let Some(output) = decoder.output(status, crate::wire::body(body)?.as_bytes()) {
                return output.into_python(py);
            }
        }
        Ok(self.decode_with_response(py, status, headers, body)?.into_output())
    }

    /// Decodes the output with its metadata from a response. Raises an `ApiError` if the response is an error.
    fn decode_with_response(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::argument::status)] status: u16,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<ApiResponse> {
        let Some(Reader { decoder, key }) = &self.reader else {
            return Err(pyo3::exceptions::PyTypeError::new_err(
                "this request belongs to an exchange, which decodes the response: call the exchange's receive()",
            ));
        };
        let decoded = decoder.decode(response(status, headers, body)?, key.as_ref());
        ApiResponse::of(py, decoded.map_err(|error| api_error(py, &error))?)
    }

    /// `Request[Contact]`, for type hints.
    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        class.py().import("types")?.getattr("GenericAlias")?.call1((class, item))
    }

    fn __repr__(&self) -> String {
        format!("Request({} {})", self.request.method, self.request.call)
    }
}

/// Creates core's response.
pub(crate) fn response(status: u16, of: &Bound<'_, PyAny>, content: &Bound<'_, PyAny>) -> PyResult<Response> {
    Ok(Response { status, headers: headers(of)?, body: body(content)?.as_bytes().to_vec() })
}
