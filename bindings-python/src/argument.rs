//! Arguments, taken from Python's values: one that is wrong is told by its name, in the message itself, for not every
//! Python has notes on exceptions.

use hudhud::Choice;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;

/// Says of a wrong type, and of a number that is out of all bounds, which argument has it.
pub(crate) fn named<T>(name: &str, read: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    read().map_err(|error| {
        Python::attach(|py| {
            let told = || format!("argument '{name}': {}", error.value(py));
            if error.is_instance_of::<PyTypeError>(py) {
                PyTypeError::new_err(told())
            } else if error.is_instance_of::<PyOverflowError>(py) {
                PyValueError::new_err(told())
            } else {
                error
            }
        })
    })
}

/// One of a closed set of names.
pub(crate) fn chosen<T: Choice>(argument: &str, name: &str) -> PyResult<T> {
    T::from_name(name).ok_or_else(|| {
        let names: Vec<String> = T::ALL.iter().map(|choice| format!("'{}'", choice.as_str())).collect();
        PyValueError::new_err(format!("argument '{argument}': must be {}", names.join(" or ")))
    })
}

/// For each argument's name, what takes it.
macro_rules! arguments {
    ($($name:ident: $type:ty;)*) => { $(
        #[allow(clippy::needless_lifetimes, reason = "some hand out what they borrow")]
        pub(crate) fn $name<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<$type> {
            named(stringify!($name), || value.extract())
        }
    )* };
}
arguments! {
    api_key: &'a str;
    app_auth: &'a str;
    app_prefix: Option<&'a str>;
    app_token: Option<&'a str>;
    base: f64;
    base_url: &'a str;
    cap: f64;
    delivery_id: Option<String>;
    key_form: &'a str;
    max_attempts: u32;
    max_wait: f64;
    missing: &'a str;
    name: String;
    now: Option<f64>;
    occurred_at: Option<hudhud::Timestamp>;
    public_key: &'a str;
    remember_until: u64;
    replay_key: String;
    secret: &'a str;
    secret_index: u64;
    secret_key: &'a str;
    signed_at: u64;
    source: &'a str;
    status: u16;
    tenant_id: Option<String>;
    text: &'a str;
    tolerance: Option<u64>;
}
