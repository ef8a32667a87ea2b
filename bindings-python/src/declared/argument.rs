//! Arguments of calls, with errors that name the argument.

use std::convert::Infallible;

use hudhud::host_support::lone_surrogate;
use pyo3::exceptions::{PyTypeError, PyUnicodeEncodeError};
use pyo3::prelude::*;

use crate::declared::convert::{invalid, read};
use crate::declared::field::PyField;
use crate::exception::{about_argument, is_pythons};

/// An argument of a constructor, or nothing. It is converted later, when its name is known, so that errors can contain
/// the name. The name is part of the message itself, because older Python versions have no notes on exceptions.
pub(crate) struct Argument<'py>(Option<Bound<'py, PyAny>>);

impl<'py> FromPyObject<'_, 'py> for Argument<'py> {
    type Error = Infallible;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Infallible> {
        Ok(Self(Some(object.to_owned())))
    }
}

impl<'py> Argument<'py> {
    /// Returns an argument that was not given.
    #[must_use]
    pub(crate) const fn default_value() -> Self {
        Self(None)
    }

    /// Converts the argument to a field of a call.
    ///
    /// # Errors
    /// `TypeError` or `ValueError` with the name of the argument.
    pub(crate) fn read<T: for<'a> FromPyObject<'a, 'py>>(self, name: &str) -> PyResult<T> {
        named(name, || match self.0 {
            Some(given) => read(&given, name),
            None => Err(PyTypeError::new_err("a value is required")),
        })
    }

    /// Converts the argument to an optional field of a call.
    ///
    /// # Errors
    /// Returns the errors of [`Argument::read`].
    pub(crate) fn read_or_default<T: Default + for<'a> FromPyObject<'a, 'py>>(
        self,
        name: &str,
    ) -> PyResult<T> {
        if self.0.is_some() { self.read(name) } else { Ok(T::default()) }
    }

    /// Checks that the argument, if given, fits a field of an output.
    ///
    /// # Errors
    /// Returns the errors of [`Argument::read`].
    pub(crate) fn accept_given<T: PyField>(self, name: &str) -> PyResult<Option<Py<PyAny>>> {
        self.0.map(|given| named(name, || T::from_py(&given))).transpose()
    }

    /// Checks that the argument fits a field of an output, and uses the field's default if it was not given.
    ///
    /// # Errors
    /// Returns the errors of [`Argument::read`].
    pub(crate) fn accept<T: PyField>(self, py: Python<'py>, name: &str) -> PyResult<Py<PyAny>> {
        self.accept_given::<T>(name)?.map_or_else(|| Ok(T::default_value(py)?.unbind()), Ok)
    }
}

/// Adds the name of an argument to an error about its type or value. Errors of other classes than Python's own keep
/// their message, which already names the argument.
///
/// # Errors
/// Returns the errors of `read`, with the name.
pub(crate) fn named<T>(name: &str, read: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    read().map_err(|error| {
        Python::attach(|py| {
            if error.is_instance_of::<PyUnicodeEncodeError>(py) {
                // The argument contains a lone surrogate.
                return invalid(py, &lone_surrogate(name));
            }
            if is_pythons(py, &error) {
                about_argument::<T>(py, error, |message| format!("argument '{name}': {message}"))
            } else {
                error
            }
        })
    })
}
