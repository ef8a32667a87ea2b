//! A request as plain data, and what becomes of the answer to it: the level without any I/O.

use hudhud::{IdempotencyKey, Response};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyType};

use crate::error::raised;
use crate::operation::Made;
use crate::reply::Reply;
use crate::service::Service;
use crate::wire::{body, each_header, headers};

/// A request, to be sent by whatever speaks HTTP. Send it as it is, and follow no redirect.
#[pyclass(frozen, module = "hudhud")]
pub(crate) struct Request {
    request: hudhud::Request,
    /// What reads the answer, unless an exchange does.
    reader: Option<Reader>,
}

struct Reader {
    call: Box<dyn Made>,
    service: Py<Service>,
    key: Option<IdempotencyKey>,
}

impl Request {
    pub(crate) fn of(
        request: hudhud::Request,
        call: Box<dyn Made>,
        service: Py<Service>,
        key: Option<IdempotencyKey>,
    ) -> Self {
        Self { request, reader: Some(Reader { call, service, key }) }
    }

    /// The request of an exchange, which reads the answer itself.
    pub(crate) fn bare(request: hudhud::Request) -> Self {
        Self { request, reader: None }
    }
}

#[pymethods]
impl Request {
    /// The call it belongs to, such as `contacts.list`.
    #[getter]
    fn call(&self) -> &'static str {
        self.request.call
    }

    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    #[getter]
    fn method(&self) -> &'static str {
        self.request.method.as_str()
    }

    /// The whole address.
    #[getter]
    fn url(&self) -> &str {
        &self.request.url
    }

    /// Names and values.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        for (name, value) in &self.request.headers {
            headers.set_item(name, value)?;
        }
        Ok(headers)
    }

    /// The body; with `None` there is none.
    #[getter]
    fn content<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.request.body.as_ref().map(|body| PyBytes::new(py, body))
    }

    /// The idempotency key that is sent.
    #[getter]
    fn idempotency_key(&self) -> Option<&str> {
        self.request.header("Idempotency-Key")
    }

    /// The answer in a response, or an `ApiError`.
    fn decode(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::argument::status)] status: u16,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<Py<PyAny>> {
        if let Some(Reader { call, service, .. }) = &self.reader {
            // Nothing of the response is kept, and so nothing is copied.
            each_header(headers, |_, _| {})?;
            if let Some(answer) = call.answer(service.get(), status, crate::wire::body(body)?.as_bytes())? {
                return answer.into_python(py);
            }
        }
        Ok(self.reply(py, status, headers, body)?.into_answer())
    }

    /// The answer in a response, with its metadata, or an `ApiError`.
    #[pyo3(name = "reply")]
    fn reply(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::argument::status)] status: u16,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<Reply> {
        let Some(Reader { call, service, key }) = &self.reader else {
            return Err(pyo3::exceptions::PyTypeError::new_err(
                "the exchange reads the answer: call its receive",
            ));
        };
        let response = response(status, headers, body)?;
        let reply = call.reply(service.get(), response, key.as_ref())?;
        Reply::of(py, reply.map_err(|error| raised(py, &error))?)
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

pub(crate) fn response(status: u16, of: &Bound<'_, PyAny>, content: &Bound<'_, PyAny>) -> PyResult<Response> {
    Ok(Response { status, headers: headers(of)?, body: body(content)?.as_bytes().to_vec() })
}
