//! The native part of the Python package `hudhud`: the module `hudhud._hudhud`.
//!
//! Core makes all decisions, and `python/hudhud` is the public interface. This crate converts values between Rust and
//! Python. Macros generate the classes and calls from the catalog, so this crate names none of them.
#![cfg(feature = "module")]

mod api_response;
mod argument;
mod declared;
mod documentation;
mod error;
mod exception;
mod exchange;
mod inbox;
mod operation;
mod outbox;
mod rate_limiter;
mod request;
mod response;
mod service;
mod text;
mod webhook;
mod wire;

use hudhud::host_support::{
    STORE_FAILURE_LIMIT, STORE_MOST_HANGING, STORE_MOST_SWAPS, STORE_REFUSES, STORE_TOO_SLOW,
};
use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::declared::{Absent, PageClass, TheAbsent};

/// Refuses every interpreter except the first one that loaded this library. Classes and their state exist once per
/// process. In a second interpreter they would not be the classes that a program imports, so the program could not
/// catch the package's exceptions.
fn check_interpreter(py: Python<'_>) -> PyResult<()> {
    // Each interpreter has its own `sys` module. This reference keeps the first one alive.
    static FIRST: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let sys = py.import("sys")?;
    if FIRST.get_or_init(py, || sys.clone().unbind()).bind(py).is(&sys) {
        return Ok(());
    }
    // The wording of CPython's own error. `hudhud/__init__.py` recognizes it and raises an explanation.
    Err(PyImportError::new_err("module hudhud._hudhud does not support loading in subinterpreters"))
}

/// The native part of the package `hudhud`.
#[pymodule]
fn _hudhud(module: &Bound<'_, PyModule>) -> PyResult<()> {
    check_interpreter(module.py())?;
    declared::classes::add_all(module)?;
    module.add_class::<Absent>()?;
    module.add("ABSENT", TheAbsent)?;
    module.add_class::<PageClass>()?;
    module.add_class::<service::Service>()?;
    module.add_class::<service::Retry>()?;
    module.add_class::<rate_limiter::RateLimiter>()?;
    module.add_class::<operation::Operation>()?;
    module.add_class::<outbox::OutboxState>()?;
    module.add_class::<outbox::OutboxReader>()?;
    module.add_class::<request::Request>()?;
    module.add_class::<exchange::Exchange>()?;
    module.add_class::<exchange::Pages>()?;
    module.add_class::<api_response::ApiResponse>()?;
    module.add_class::<api_response::Meta>()?;
    module.add_class::<api_response::RateLimit>()?;
    module.add_class::<response::Response>()?;
    module.add_class::<webhook::Verifier>()?;
    module.add_class::<webhook::WebhookEvent>()?;
    module.add_class::<webhook::Delivery>()?;
    module.add_class::<text::Template>()?;
    module.add_class::<inbox::InboxRules>()?;
    module.add_class::<inbox::InboxDecision>()?;
    module.add_class::<inbox::InboxClaim>()?;
    module.add_class::<inbox::InboxChange>()?;
    module.add_function(wrap_pyfunction!(inbox::storage_key, module)?)?;
    module.add_function(wrap_pyfunction!(webhook::sign, module)?)?;
    module.add_function(wrap_pyfunction!(webhook::sample_delivery, module)?)?;
    module.add_function(wrap_pyfunction!(text::parse_phone, module)?)?;
    module.add("OPERATIONS", operation::all(module.py())?)?;
    module.add("EVENT_NAMES", webhook::names(module.py())?)?;
    module.add("SETTINGS", service::settings(module.py())?)?;
    module.add("ERROR_KINDS", error::kinds(module.py())?)?;
    module.add("STORE_MOST_HANGING", STORE_MOST_HANGING)?;
    module.add("STORE_FAILURE_LIMIT", STORE_FAILURE_LIMIT.as_secs_f64())?;
    module.add("STORE_TOO_SLOW", STORE_TOO_SLOW)?;
    module.add("STORE_MOST_SWAPS", STORE_MOST_SWAPS)?;
    module.add("STORE_REFUSES", STORE_REFUSES)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
