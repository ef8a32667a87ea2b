//! The classes of all declared structs, from core's list.

use hudhud::host_support::decode_text;
use hudhud::wazaj::*;
use hudhud::webhook::*;
use hudhud::zagely::*;
use hudhud::{Bytes, Date, Id, Json, Nullable, Object, Timestamp};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyString;
use serde::de::Deserializer;

use crate::declared::field::{PyField, StringInterner};
use crate::declared::{Declared, FromPython, ToPython};

/// Implements the conversions of an open enum, which is text in Python.
macro_rules! open_enum {
    ($name:ident) => {
        impl ToPython for $name {
            fn to_python(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                self.as_str().into_py_any(py)
            }
        }

        impl FromPython for $name {
            fn from_python(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
                Ok(Self::from(&*object.cast::<PyString>()?.to_cow()?))
            }
        }

        impl PyField for $name {
            fn read<'de, 'py, D: Deserializer<'de>>(
                texts: &StringInterner<'py>,
                json: D,
            ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
                decode_text(json, |text| texts.of(Self::from(text).as_str()).into_any())
            }

            fn from_py(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
                <String as PyField>::from_py(object)
            }
        }
    };
}

macro_rules! generate {
    (
        [ $( $vendor:ident { $( $call:ident )* } )* ]
        $( $module:ident { records { $( $record:ident )* } enums { $( $open:ident )* } } )*
    ) => {
        $( $( hudhud::$vendor::$call!(hudhud_python_macros::class); )* )*
        $( $( hudhud::$module::$record!(hudhud_python_macros::class); )* )*
        $( $( open_enum!($open); )* )*

        /// Adds every class to the module, and sets the public module that it belongs to.
        pub(crate) fn add_all(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( $( add::<hudhud::$vendor::$call>(module, stringify!($vendor))?; )* )*
            $( $( add::<hudhud::$module::$record>(module, stringify!($module))?; )* )*
            Ok(())
        }
    };
}

hudhud::for_each_type!(generate);

/// Adds a class. Its `__module__` is the module that users import it from, for pickling and for its `repr`.
fn add<T: Declared>(module: &Bound<'_, PyModule>, of: &str) -> PyResult<()> {
    module.add_class::<T::Class>()?;
    let class = module.py().get_type::<T::Class>();
    class.setattr("__module__", ["hudhud.", of].concat())
}
