//! The exceptions of the package, which are Python classes in `hudhud/errors.py`.

use std::any::type_name;

use pyo3::call::PyCallArgs;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyListMethods};

/// Creates an exception with a function of `hudhud/errors.py`.
pub(crate) fn made_by<'py>(
    py: Python<'py>,
    function: &'static str,
    arguments: impl PyCallArgs<'py>,
) -> PyErr {
    // Not cached: a program that imports the package again gets new classes.
    let errors = py.import("hudhud.errors");
    match errors.and_then(|errors| errors.getattr(function)?.call1(arguments)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}

/// Returns the exception for an argument of a wrong type, or with an unknown name. It is a `TypeError` too.
pub(crate) fn wrong_type(message: impl AsRef<str>) -> PyErr {
    Python::attach(|py| made_by(py, "_of_type", (message.as_ref(),)))
}

/// Returns the exception for an argument with an invalid value. It is a `ValueError` too.
pub(crate) fn wrong_value(message: impl AsRef<str>) -> PyErr {
    Python::attach(|py| made_by(py, "_of_value", (message.as_ref(),)))
}

/// Refuses a keyword argument that a class does not have. Python's own error would not be one of the package.
pub(crate) fn refuse_unknown<const N: usize>(
    class: &str,
    given: Option<&Bound<'_, PyDict>>,
    known: [&str; N],
) -> PyResult<()> {
    let Some(name) = given.and_then(|given| given.keys().get_item(0).ok()) else { return Ok(()) };
    Err(made_by(name.py(), "_of_unknown", (class, &name, known.to_vec())))
}

/// Returns the package's exception for an error of an argument, with another message. Errors of other kinds, such as
/// those of a method of the argument, stay.
///
/// `T` is the type of the argument in Rust. Its bounds are in the message if a number does not fit.
pub(crate) fn about_argument<T>(
    py: Python<'_>,
    error: PyErr,
    message: impl FnOnce(String) -> String,
) -> PyErr {
    if error.is_instance_of::<PyTypeError>(py) {
        wrong_type(message(plainly(&error.value(py).to_string())))
    } else if error.is_instance_of::<PyOverflowError>(py) {
        wrong_value(message(bounds(type_name::<T>()).into()))
    } else if error.is_instance_of::<PyValueError>(py) {
        wrong_value(message(error.value(py).to_string()))
    } else {
        error
    }
}

/// Returns the message about a number that does not fit a type.
fn bounds(type_name: &str) -> &'static str {
    if type_name.contains("u16") {
        "expected a whole number from 0 to 65535"
    } else if type_name.contains("u32") {
        "expected a whole number from 0 to 4294967295"
    } else if type_name.contains("u64") {
        "expected a whole number from 0 to 18446744073709551615"
    } else if type_name.contains("i64") {
        "expected a whole number from -9223372036854775808 to 9223372036854775807"
    } else {
        "expected a number from -1.7e308 to 1.7e308"
    }
}

/// Returns `true` if Python or PyO3 raised the error, and not this package.
pub(crate) fn is_pythons(py: Python<'_>, error: &PyErr) -> bool {
    error.get_type(py).module().is_ok_and(|module| module == "builtins")
}

/// Says in one form what PyO3 and Python say about a wrong type in several.
fn plainly(message: &str) -> String {
    let parts: Vec<&str> = message.split(['\'', '`']).collect();
    let (given, wanted) = match parts[..] {
        ["", given, " object is not an instance of " | " is not an instance of ", wanted, ""] => {
            (given, wanted)
        }
        ["", given, " object cannot be converted to ", wanted, ""] => (given, wanted),
        ["", given, " object cannot be interpreted as an integer"] => (given, "int"),
        ["Can", "t extract ", given, " to ", "Vec", ""] => (given, "list"),
        _ => match message.strip_prefix("must be real number, not ") {
            Some(given) => (given, "number"),
            None => return message.into(),
        },
    };
    let wanted = match wanted {
        "int" => "an int",
        "number" => "a number",
        "list" | "Sequence" => "a list",
        wanted => wanted,
    };
    format!("expected {wanted}, not {given}")
}
