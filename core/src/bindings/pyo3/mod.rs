//! PyO3: open enums are text, times are `datetime`, JSON is converted as by Python's own `json`, and a three-valued
//! field is `ABSENT`, `None`, or a value.
//!
//! Calls are classes whose fields are converted in the constructor: see `argument.rs` and `convert.rs`. [`field`]
//! implements answers: objects that are created directly from JSON, with attributes as fast as those of Python's own
//! classes.

use pyo3::PyClass;

mod argument;
mod convert;
mod dunder;
pub mod field;
mod interner;
mod json_value;
mod output;
mod page;

pub use argument::{Argument, named};
pub use convert::*;
pub use dunder::*;
pub use interner::StringInterner;
pub use json_value::*;
pub use output::*;
pub use page::*;

/// A declared struct that has a class in Python.
pub trait Declared {
    /// The class.
    type Class: PyClass;
}

/// Implements the conversions of an open enum, which is text in Python.
macro_rules! open_enum {
    ($name:ident) => {
        impl<'py> ::pyo3::IntoPyObject<'py> for &$name {
            type Target = ::pyo3::types::PyString;
            type Output = ::pyo3::Bound<'py, Self::Target>;
            type Error = ::core::convert::Infallible;

            fn into_pyobject(
                self,
                py: ::pyo3::Python<'py>,
            ) -> ::core::result::Result<Self::Output, Self::Error> {
                Ok(::pyo3::types::PyString::intern(py, self.as_str()))
            }
        }

        impl<'py> ::pyo3::IntoPyObject<'py> for $name {
            type Target = ::pyo3::types::PyString;
            type Output = ::pyo3::Bound<'py, Self::Target>;
            type Error = ::core::convert::Infallible;

            fn into_pyobject(
                self,
                py: ::pyo3::Python<'py>,
            ) -> ::core::result::Result<Self::Output, Self::Error> {
                <&$name as ::pyo3::IntoPyObject<'py>>::into_pyobject(&self, py)
            }
        }

        impl<'py> ::pyo3::FromPyObject<'_, 'py> for $name {
            type Error = ::pyo3::PyErr;

            fn extract(
                object: ::pyo3::Borrowed<'_, 'py, ::pyo3::PyAny>,
            ) -> ::core::result::Result<Self, ::pyo3::PyErr> {
                use ::pyo3::types::PyStringMethods as _;
                Ok(Self::from(&*object.cast::<::pyo3::types::PyString>()?.to_cow()?))
            }
        }
    };
}
pub(crate) use open_enum;
