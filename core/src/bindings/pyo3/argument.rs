//! Arguments of calls, with errors that name the argument.

use alloc::format;
use core::convert::Infallible;

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyUnicodeEncodeError, PyValueError};
use pyo3::prelude::*;

use crate::bindings::pyo3::convert::invalid;

/// An argument of a constructor, if it is given. What it is, is looked at where its name is known, and said in the
/// message itself: not every Python has notes on exceptions.
#[derive(Debug)]
pub struct Argument<'py>(Option<Bound<'py, PyAny>>);

impl<'py> FromPyObject<'_, 'py> for Argument<'py> {
    type Error = Infallible;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Infallible> {
        Ok(Self(Some(object.to_owned())))
    }
}

impl<'py> Argument<'py> {
    /// One that is not given.
    #[must_use]
    pub const fn nothing() -> Self {
        Self(None)
    }

    /// As a field of a call has it.
    ///
    /// # Errors
    /// `TypeError` or `ValueError` with the name of the argument.
    pub fn read<T: for<'a> FromPyObject<'a, 'py>>(self, name: &str) -> PyResult<T> {
        named(name, || match self.0 {
            Some(given) => crate::bindings::pyo3::convert::read(&given, name),
            None => Err(PyTypeError::new_err("it must be given")),
        })
    }

    /// As a field of a call has it that may be left out.
    ///
    /// # Errors
    /// As [`Argument::read`].
    pub fn read_or_default<T: Default + for<'a> FromPyObject<'a, 'py>>(self, name: &str) -> PyResult<T> {
        if self.0.is_some() { self.read(name) } else { Ok(T::default()) }
    }

    /// As a field of an answer has it, if it is given.
    ///
    /// # Errors
    /// As [`Argument::read`].
    pub fn accept_given<T: crate::bindings::pyo3::field::Pythonic>(
        self,
        name: &str,
    ) -> PyResult<Option<Py<PyAny>>> {
        self.0.map(|given| named(name, || T::accept(&given))).transpose()
    }

    /// As a field of an answer has it.
    ///
    /// # Errors
    /// As [`Argument::read`].
    pub fn accept<T: crate::bindings::pyo3::field::Pythonic>(
        self,
        py: Python<'py>,
        name: &str,
    ) -> PyResult<Py<PyAny>> {
        self.accept_given::<T>(name)?.map_or_else(|| Ok(T::nothing(py)?.unbind()), Ok)
    }
}

/// Says of a wrong type, and of a value that is none, which argument has it. What is not Python's own error says so by
/// itself.
///
/// # Errors
/// Those of `read`, with the name.
pub fn named<T>(name: &str, read: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    read().map_err(|error| {
        Python::attach(|py| {
            if error.is_instance_of::<PyUnicodeEncodeError>(py) {
                // Half a pair of surrogates, in whatever it stood.
                return invalid(py, &crate::Error::invalid(name, crate::codec::input::surrogates::HALF));
            }
            let told = || format!("argument '{name}': {}", error.value(py));
            let is_pythons = error.get_type(py).module().is_ok_and(|module| module == "builtins");
            if !is_pythons {
                error
            } else if error.is_instance_of::<PyTypeError>(py) {
                PyTypeError::new_err(told())
            } else if error.is_instance_of::<PyOverflowError>(py) || error.is_instance_of::<PyValueError>(py)
            {
                PyValueError::new_err(told())
            } else {
                error
            }
        })
    })
}
