//! Reads arguments from Python values. The message of an error names the argument. It is not a note on the exception,
//! because Python 3.10 has no notes.

use hudhud::ClosedEnum;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::declared::Native;

pub(crate) use crate::declared::named;

/// Reads one of a closed set of names.
pub(crate) fn chosen<T: ClosedEnum>(name: &str) -> PyResult<T> {
    chosen_of(name, T::ALL)
}

/// Reads one of some names of a closed set.
pub(crate) fn chosen_of<T: ClosedEnum>(name: &str, among: &[T]) -> PyResult<T> {
    let found = among.iter().copied().find(|choice| choice.as_str().eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let names: Vec<String> = among.iter().map(|choice| format!("'{}'", choice.as_str())).collect();
        PyValueError::new_err(format!("expected {}", names.join(" or ")))
    })
}

/// Defines a function for each argument, which reads the argument and names it in an error.
macro_rules! arguments {
    ($($name:ident: $type:ty;)*) => { $(
        #[allow(clippy::needless_lifetimes, reason = "some functions return borrowed values")]
        pub(crate) fn $name<'a>(value: &'a Bound<'a, PyAny>) -> PyResult<$type> {
            $crate::argument::named(stringify!($name), || value.extract().map_err(Into::into))
        }
    )* };
}
pub(crate) use arguments;

/// Defines such a function for each argument that is a number.
macro_rules! numbers {
    ($($name:ident: $type:ty;)*) => { $(
        pub(crate) fn $name(value: &Bound<'_, PyAny>) -> PyResult<$type> {
            $crate::argument::named(stringify!($name), || {
                $crate::declared::refuse_bool(value)?;
                value.extract().map_err(Into::into)
            })
        }
    )* };
}
pub(crate) use numbers;

arguments! {
    api_key: &'a str;
    app_auth: &'a str;
    app_prefix: Option<&'a str>;
    app_token: Option<&'a str>;
    base_url: &'a str;
    delivery_id: Option<String>;
    extra: Option<Py<PyDict>>;
    idempotency_key: Option<String>;
    idempotent_replay: bool;
    api_key_scheme: &'a str;
    missing: &'a str;
    name: String;
    occurred_at: Option<Native<hudhud::Timestamp>>;
    public_key: &'a str;
    replay_key: String;
    secret: &'a str;
    secret_key: &'a str;
    source: &'a str;
    tenant_id: Option<String>;
    text: Bound<'a, PyString>;
}

numbers! {
    daily_limit: Option<u64>;
    daily_remaining: Option<u64>;
    deduplicate_until: Option<u64>;
    lease: f64;
    limit: Option<u64>;
    max_attempts: u32;
    now: Option<f64>;
    remaining: Option<u64>;
    reset: Option<u64>;
    retry_after: Option<f64>;
    secret_index: u64;
    signed_at: u64;
    status: u16;
    tolerance: Option<u64>;
}
