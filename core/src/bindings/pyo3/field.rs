//! Answers as Python's objects.
//!
//! Their classes hold Python's values, not Rust's: each is made once, while the JSON is read, and reading it again
//! costs what reading a slot costs. How tolerantly they are read is decided where Rust's own answers are, in
//! `core/src/codec/output`; here is only what becomes of text, numbers and the rest.

use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;
use std::sync::OnceLock;

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::sync::OnceLockExt;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess};

use crate::bindings::pyo3::Declared;
use crate::bindings::pyo3::convert::time;
use crate::bindings::pyo3::json_value::{Value, json};
use crate::codec::json_reader::{read, read_or_cut};
use crate::codec::output::leaf::decode_list;
use crate::codec::output::visitor::decode_text;
use crate::codec::output::{Answer, Decode};
use crate::types::json::{Json, Object};
use crate::types::time::Timestamp;

pub use crate::bindings::pyo3::interner::Texts;

/// What a value of an answer is in Python.
pub trait Pythonic: Sized {
    /// What stands in its place when the vendor says nothing.
    ///
    /// # Errors
    /// Only if Python is out of memory.
    fn nothing(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(py.None().into_bound(py))
    }

    /// A value of JSON. `None` for `null` and for anything of another type.
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error>;

    /// A value of Rust's.
    ///
    /// # Errors
    /// If Python is out of memory.
    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>>;

    /// An argument, if it is one that fits.
    ///
    /// # Errors
    /// `TypeError`, and `ValueError` for a time without a zone.
    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>>;
}

/// A struct of an answer.
pub trait Modelled: Answer + Pythonic + Declared {}

/// Reads a value as a field of type `T` has it in Python.
pub(super) struct Reads<'a, 'py, T>(pub(super) &'a Texts<'py>, pub(super) PhantomData<T>);

impl<T> Clone for Reads<'_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Reads<'_, '_, T> {}

impl<'de, 'py, T: Pythonic> DeserializeSeed<'de> for Reads<'_, 'py, T> {
    type Value = Option<Bound<'py, PyAny>>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        T::read(self.0, json)
    }
}

/// The next value of a map, as a field of type `T` has it in Python.
pub(crate) fn next<'de, 'py, T: Pythonic, A: MapAccess<'de>>(
    texts: &Texts<'py>,
    map: &mut A,
) -> Result<Option<Bound<'py, PyAny>>, A::Error> {
    map.next_value_seed(Reads::<T>(texts, PhantomData))
}

/// A field's value, or what stands for nothing.
pub(crate) fn or_nothing<'py, T: Pythonic>(
    py: Python<'py>,
    value: Option<Bound<'py, PyAny>>,
) -> PyResult<Py<PyAny>> {
    value.map_or_else(|| T::nothing(py), Ok).map(Bound::unbind)
}

/// What an answer holds beside its fields: a dict, made when somebody looks for it, for most hold nothing.
#[derive(Debug, Default)]
pub(crate) struct Extra(OnceLock<Py<PyAny>>);

impl Extra {
    pub(crate) fn of(extra: &Object, py: Python<'_>) -> PyResult<Self> {
        if extra.is_empty() { Ok(Self::default()) } else { Ok(Self(extra.give(py)?.into())) }
    }

    /// That of a constructor.
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

impl<T: Pythonic> Pythonic for Option<T> {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        T::read(texts, json)
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.as_ref().map_or_else(|| Ok(py.None()), |value| value.give(py))
    }

    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if object.is_none() { Ok(object.py().None()) } else { T::accept(object) }
    }
}

impl<T: Pythonic> Pythonic for Vec<T> {
    fn nothing(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(PyList::empty(py).into_any())
    }

    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
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

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let items = self.iter().map(|item| item.give(py)).collect::<PyResult<Vec<_>>>()?;
        Ok(PyList::new(py, items)?.into_any().unbind())
    }

    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        // A text is a sequence too, and never a list of what was meant.
        let items: Vec<Bound<'_, PyAny>> = match object.cast::<PyTuple>() {
            Ok(tuple) => tuple.iter().collect(),
            Err(_) => object.cast::<PyList>()?.iter().collect(),
        };
        let items = items.iter().map(T::accept).collect::<PyResult<Vec<_>>>()?;
        Ok(PyList::new(object.py(), items)?.into_any().unbind())
    }
}

impl Pythonic for String {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        decode_text(json, |text| texts.of_field(text).into_any())
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.as_str().into_py_any(py)
    }

    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        Ok(object.cast::<PyString>()?.as_any().clone().unbind())
    }
}

impl Pythonic for Timestamp {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        let read = decode_text(json, |text| time(texts.py(), text))?;
        read.transpose().map_err(D::Error::custom)
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(time(py, self.as_str())?.unbind())
    }

    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let given: Self = object.extract()?;
        if object.is_instance_of::<PyString>() {
            given.give(object.py())
        } else {
            Ok(object.clone().unbind())
        }
    }
}

/// Numbers and booleans are read as Rust reads them, and are then Python's.
macro_rules! plain {
    ($($type:ty),*) => { $(
        impl Pythonic for $type {
            fn read<'de, 'py, D: Deserializer<'de>>(
                texts: &Texts<'py>,
                json: D,
            ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
                let value = Self::decode(json)?.map(|value| value.into_bound_py_any(texts.py()));
                value.transpose().map_err(D::Error::custom)
            }

            fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                self.into_py_any(py)
            }

            fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
                object.extract::<Self>()?;
                Ok(object.clone().unbind())
            }
        }
    )* };
}
plain!(bool, u64, i64, f64);

impl Pythonic for Json {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        value: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        let read = match read_or_cut(value, Value(texts))? {
            Ok(value) => value,
            Err(text) => json(texts.py(), text).map_err(D::Error::custom)?,
        };
        Ok(Some(read).filter(|read| !read.is_none()))
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(json(py, self.as_str())?.unbind())
    }

    /// Not looked at: an answer that unpickles has what Python's `json` made, half surrogates and endless numbers too.
    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        Ok(object.clone().unbind())
    }
}

impl Pythonic for Object {
    fn nothing(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(PyDict::new(py).into_any())
    }

    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        value: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        let read = match read_or_cut(value, Value(texts))? {
            Ok(value) => value,
            Err(text) if text.starts_with('{') => json(texts.py(), text).map_err(D::Error::custom)?,
            // Not looked at any closer than to see whether it is JSON.
            Err(text) => match read(text, PhantomData::<IgnoredAny>) {
                Ok(_) => return Ok(None),
                Err(_) => return Err(D::Error::custom("not JSON")),
            },
        };
        Ok(Some(read).filter(|read| read.is_instance_of::<PyDict>()))
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.into_py_any(py)
    }

    /// As that of any JSON: what the dict holds is not looked at.
    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        Ok(object.cast::<PyDict>()?.as_any().clone().unbind())
    }
}

/// Lets an open enum stand in an answer: as text.
macro_rules! open_enum {
    ($name:ident) => {
        impl $crate::bindings::pyo3::field::Pythonic for $name {
            fn read<'de, 'py, D: ::serde::Deserializer<'de>>(
                texts: &$crate::bindings::pyo3::field::Texts<'py>,
                json: D,
            ) -> ::core::result::Result<::core::option::Option<::pyo3::Bound<'py, ::pyo3::PyAny>>, D::Error>
            {
                $crate::codec::output::visitor::decode_text(json, |text| {
                    texts.of(Self::from(text).as_str()).into_any()
                })
            }

            fn give(&self, py: ::pyo3::Python<'_>) -> ::pyo3::PyResult<::pyo3::Py<::pyo3::PyAny>> {
                $crate::bindings::pyo3::field::Pythonic::give(
                    &::alloc::string::String::from(self.as_str()),
                    py,
                )
            }

            fn accept(
                object: &::pyo3::Bound<'_, ::pyo3::PyAny>,
            ) -> ::pyo3::PyResult<::pyo3::Py<::pyo3::PyAny>> {
                <::alloc::string::String as $crate::bindings::pyo3::field::Pythonic>::accept(object)
            }
        }
    };
}
pub(crate) use open_enum;
