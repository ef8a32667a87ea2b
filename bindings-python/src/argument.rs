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

arguments! {
    api_key: &'a str;
    app_auth: &'a str;
    app_prefix: Option<&'a str>;
    app_token: Option<&'a str>;
    base_url: &'a str;
    daily_limit: Option<u64>;
    daily_remaining: Option<u64>;
    deduplicate_until: Option<u64>;
    delivery_id: Option<String>;
    extra: Option<Py<PyDict>>;
    idempotency_key: Option<String>;
    idempotent_replay: bool;
    api_key_scheme: &'a str;
    lease: f64;
    limit: Option<u64>;
    max_attempts: u32;
    missing: &'a str;
    name: String;
    now: Option<f64>;
    occurred_at: Option<Native<hudhud::Timestamp>>;
    public_key: &'a str;
    remaining: Option<u64>;
    replay_key: String;
    reset: Option<u64>;
    retry_after: Option<f64>;
    secret: &'a str;
    secret_index: u64;
    secret_key: &'a str;
    signed_at: u64;
    source: &'a str;
    status: u16;
    tenant_id: Option<String>;
    text: Bound<'a, PyString>;
    tolerance: Option<u64>;
}
