//! Converts core's errors to the package's exceptions, which are Python classes in `hudhud/errors.py`.

use hudhud::outbox::OutboxError;
use hudhud::webhook::WebhookError;
use hudhud::{ClosedEnum, Error, ErrorKind, Json, Object, PhoneError, TransportFault};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::declared::{ToPython, json};
use crate::exception::made_by;
use crate::response::Response;

/// Creates the exception for an error of a call.
pub(crate) fn api_error(py: Python<'_>, error: &Error) -> PyErr {
    // An error always has a JSON form. `details` is passed separately, because it may be nested deeper than Python's
    // `json` can read.
    let mut data = Json::write(error).and_then(|data| data.read::<Object>()).unwrap_or_default();
    data.remove("details");
    let data = Json::write(&data).unwrap_or_default();
    let response = error.response().cloned().map(Response);
    let fault = error.transport_fault().map(TransportFault::as_str);
    match json(py, data.as_str()).and_then(|data| Ok((data, error.details().to_python(py)?))) {
        Ok((data, details)) => made_by(py, "_of_call", (error.to_string(), data, details, response, fault)),
        Err(failure) => failure,
    }
}

/// Returns the names of all kinds of errors.
pub(crate) fn kinds(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    PyTuple::new(py, ErrorKind::ALL.iter().map(|kind| kind.as_str()))
}

/// Creates the exception for a refused delivery.
pub(crate) fn refused(py: Python<'_>, error: &WebhookError) -> PyErr {
    made_by(py, "_of_webhook", (error.reason().as_str(), error.hint(), error.http_status()))
}

/// Creates the exception for a text that is not a phone number.
pub(crate) fn no_phone(py: Python<'_>, error: PhoneError) -> PyErr {
    made_by(py, "_of_phone", (error.to_string(),))
}

/// Creates the exception for template variables without a value.
pub(crate) fn missing(py: Python<'_>, error: &hudhud::MissingVariables) -> PyErr {
    made_by(py, "_of_template", (error.to_string(), error.names()))
}

/// Creates the exception for an outbox or its journal.
pub(crate) fn of_outbox(py: Python<'_>, error: OutboxError) -> PyErr {
    made_by(py, "_of_outbox", (error.to_string(),))
}
