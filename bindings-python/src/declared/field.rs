//! Outputs as Python objects.
//!
//! The classes hold Python values, not Rust values. Each value is created once, while the JSON is read, and an
//! attribute access then costs no more than reading a slot. `core/src/codec/output` decides how tolerantly values are
//! read. This file only converts text, numbers and other values.

use std::marker::PhantomData;
use std::sync::OnceLock;

use hudhud::host_support::{Decode, decode_list, decode_text, read, read_value_or_text};
use hudhud::{Json, Object, Output, Timestamp};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::sync::OnceLockExt;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess};

use crate::declared::convert::time;
use crate::declared::json_value::{Value, json};
use crate::declared::{Declared, FromPython, ToPython};

pub(crate) use crate::declared::interner::StringInterner;

/// A type of a field of an output, as Python sees it.
pub(crate) trait PyField: ToPython {
    /// Returns the field's value if the vendor sent none.
    ///
    /// # Errors
    /// Only if Python is out of memory.
    fn default_value(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(py.None().into_bound(py))
    }

    /// Reads a JSON value. Returns `None` for `null` and for a value of another type.
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &StringInterner<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error>;

    /// Checks an argument and returns it as the field's value.
    ///
    /// # Errors
    /// `TypeError`, and `ValueError` for a time without a zone.
    fn from_py(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>>;
}

/// A struct that is an output of a call.
pub(crate) trait PyModel: Output + PyField + Declared {}

/// Seed that reads a value of a field of type `T` as a Python object.
pub(super) struct Reads<'a, 'py, T>(pub(super) &'a StringInterner<'py>, pub(super) PhantomData<T>);

impl<T> Clone for Reads<'_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Reads<'_, '_, T> {}

impl<'de, 'py, T: PyField> DeserializeSeed<'de> for Reads<'_, 'py, T> {
    type Value = Option<Bound<'py, PyAny>>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        T::read(self.0, json)
    }
}

/// Reads the next value of a map as a field of type `T`.
pub(crate) fn next<'de, 'py, T: PyField, A: MapAccess<'de>>(
    texts: &StringInterner<'py>,
    map: &mut A,
) -> Result<Option<Bound<'py, PyAny>>, A::Error> {
    map.next_value_seed(Reads::<T>(texts, PhantomData))
}

/// Returns the field's value, or its default if the vendor sent none.
pub(crate) fn or_nothing<'py, T: PyField>(
    py: Python<'py>,
    value: Option<Bound<'py, PyAny>>,
) -> PyResult<Py<PyAny>> {
    value.map_or_else(|| T::default_value(py), Ok).map(Bound::unbind)
}

/// Members of an output that have no field, as a dict. The dict is created at the first access, because most outputs
/// have no such members.
#[derive(Default)]
pub(crate) struct Extra(OnceLock<Py<PyAny>>);

impl Extra {
    pub(crate) fn of(extra: &Object, py: Python<'_>) -> PyResult<Self> {
        if extra.is_empty() { Ok(Self::default()) } else { Ok(Self(extra.to_python(py)?.into())) }
    }

    /// Uses the argument of a constructor.
    pub(crate) fn given(argument: Option<Py<PyAny>>) -> Self {
        argument.map_or_else(Self::default, |given| Self(given.into()))
    }
}

impl<'py> IntoPyObject<'py> for &Extra {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let dict = self.0.get_or_init_py_attached(py, || PyDict::new(py).into_any().unbind());
        Ok(dict.bind(py).clone())
    }
}

impl<T: PyField> PyField for Option<T> {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &StringInterner<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        T::read(texts, json)
    }

    fn from_py(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if object.is_none() { Ok(object.py().None()) } else { T::from_py(object) }
    }
}

impl<T: PyField> PyField for Vec<T> {
    fn default_value(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(PyList::empty(py).into_any())
    }

    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &StringInterner<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        let (list, mut kept) = (PyList::empty(texts.py()), Ok(()));
        let keep = |item| {
            if let Err(error) = list.append(item) {
                kept = Err(error);
            }
        };
        let is_list = texts.inside(|| decode_list(json, Reads::<T>(texts, PhantomData), keep))?;
        kept.map_err(D::Error::custom)?;
        Ok(is_list.then(|| list.into_any()))
    }

    fn from_py(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        // A text is a sequence too, but is never meant as a list.
        let items: Vec<Bound<'_, PyAny>> = match object.cast::<PyTuple>() {
            Ok(tuple) => tuple.iter().collect(),
            Err(_) => object.cast::<PyList>()?.iter().collect(),
        };
        let items = items.iter().map(T::from_py).collect::<PyResult<Vec<_>>>()?;
        Ok(PyList::new(object.py(), items)?.into_any().unbind())
    }
}

impl PyField for String {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &StringInterner<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        decode_text(json, |text| texts.of_field(text).into_any())
    }

    fn from_py(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        Ok(object.cast::<PyString>()?.as_any().clone().unbind())
    }
}

impl PyField for Timestamp {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &StringInterner<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        let read = decode_text(json, |text| time(texts.py(), text))?;
        read.transpose().map_err(D::Error::custom)
    }

    fn from_py(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let given = Self::from_python(object.as_borrowed())?;
        if object.is_instance_of::<PyString>() {
            given.to_python(object.py())
        } else {
            Ok(object.clone().unbind())
        }
    }
}

/// Implements the trait for numbers and booleans: Rust reads them and then converts them.
macro_rules! impl_py_field {
    ($($type:ty),*) => { $(
        impl PyField for $type {
            fn read<'de, 'py, D: Deserializer<'de>>(
                texts: &StringInterner<'py>,
                json: D,
            ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
                let value = Self::decode(json)?.map(|value| value.into_bound_py_any(texts.py()));
                value.transpose().map_err(D::Error::custom)
            }

            fn from_py(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
                Self::from_python(object.as_borrowed())?;
                Ok(object.clone().unbind())
            }
        }
    )* };
}
impl_py_field!(bool, u64, i64, f64);

impl PyField for Json {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &StringInterner<'py>,
        value: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        let read = match read_value_or_text(value, Value(texts))? {
            Ok(value) => value,
            Err(text) => json(texts.py(), text).map_err(D::Error::custom)?,
        };
        Ok(Some(read).filter(|read| !read.is_none()))
    }

    /// Accepts any object. An unpickled output contains what Python's `json` made, such as half surrogates and
    /// infinities.
    fn from_py(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        Ok(object.clone().unbind())
    }
}

impl PyField for Object {
    fn default_value(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(PyDict::new(py).into_any())
    }

    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &StringInterner<'py>,
        value: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        let read = match read_value_or_text(value, Value(texts))? {
            Ok(value) => value,
            Err(text) if text.starts_with('{') => json(texts.py(), text).map_err(D::Error::custom)?,
            // The value is skipped, after a check that it is JSON.
            Err(text) => match read(text, PhantomData::<IgnoredAny>) {
                Ok(_) => return Ok(None),
                Err(_) => return Err(D::Error::custom("not JSON")),
            },
        };
        Ok(Some(read).filter(|read| read.is_instance_of::<PyDict>()))
    }

    /// Accepts any dict. Its contents are not checked, as for other JSON.
    fn from_py(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        Ok(object.cast::<PyDict>()?.as_any().clone().unbind())
    }
}
