//! Core's errors as the package's exceptions, which are Python's own classes in `hudhud/errors.py`.

use hudhud::bindings::pyo3::json;
use hudhud::webhook::WebhookError;
use hudhud::{Error, Json, Object, PhoneError, TransportFault};
use pyo3::prelude::*;

use crate::reply::Response;

/// An exception, made by a function of `hudhud/errors.py`.
fn made<'py>(py: Python<'py>, function: &'static str, arguments: impl pyo3::call::PyCallArgs<'py>) -> PyErr {
    // Not kept: a program that imports the package anew has other classes.
    let errors = py.import("hudhud.errors");
    match errors.and_then(|errors| errors.getattr(function)?.call1(arguments)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}

/// What went wrong with a call.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    // An error always has a JSON form. The vendor's details are apart: they may be nested deeper than Python reads.
    let mut data = Json::write(error).and_then(|data| data.read::<Object>()).unwrap_or_default();
    data.remove("details");
    let data = Json::write(&data).unwrap_or_default();
    let response = error.response().cloned().map(Response);
    let fault = error.transport_fault().map(TransportFault::as_str);
    match json(py, data.as_str()) {
        Ok(data) => made(py, "_of_call", (error.to_string(), data, error.details(), response, fault)),
        Err(failure) => failure,
    }
}

/// Why a delivery is refused.
pub(crate) fn refused(py: Python<'_>, error: &WebhookError) -> PyErr {
    made(py, "_of_webhook", (error.reason().as_str(), error.hint(), error.http_status()))
}

/// Why a text is no phone number.
pub(crate) fn no_phone(py: Python<'_>, error: PhoneError) -> PyErr {
    made(py, "_of_phone", (error.to_string(),))
}

/// Which variables of a template have no value.
pub(crate) fn missing(py: Python<'_>, error: &hudhud::MissingVariables) -> PyErr {
    made(py, "_of_template", (error.to_string(), error.names()))
}
