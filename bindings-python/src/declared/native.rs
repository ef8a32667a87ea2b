//! Core's values and Python objects: the conversions in both directions, for the fields of calls.
//!
//! The orphan rule does not allow PyO3's traits on core's types. This crate's own traits convert them, and [`Native`]
//! is the type to which PyO3's traits apply.

use hudhud::{Bytes, Json, Nullable, Object, Timestamp};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDateTime, PyDict, PyList, PyMemoryView, PyString};

use crate::declared::convert::{Absent, TheAbsent, dumps, not_json, time};
use crate::declared::json_value::{json, members};

/// A value of core that converts to a Python object.
pub(crate) trait ToPython {
    /// Converts the value.
    ///
    /// # Errors
    /// If Python is out of memory.
    fn to_python(&self, py: Python<'_>) -> PyResult<Py<PyAny>>;
}

/// A value of core that is read from a Python object.
pub(crate) trait FromPython: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// `TypeError`, `ValueError` and `OverflowError`, without the name of the argument.
    fn from_python(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self>;
}

/// A value of core, with PyO3's traits.
#[derive(Default)]
pub(crate) struct Native<T>(pub(crate) T);

/// Borrowed form of [`Native`].
struct NativeRef<'a, T>(&'a T);

impl<'py, T: ToPython> IntoPyObject<'py> for NativeRef<'_, T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0.to_python(py)?.into_bound(py))
    }
}

impl<'py, T: ToPython> IntoPyObject<'py> for &Native<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        NativeRef(&self.0).into_pyobject(py)
    }
}

impl<'py, T: FromPython> FromPyObject<'_, 'py> for Native<T> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        T::from_python(object).map(Self)
    }
}

/// Refuses `True` and `False`, which are the integers 1 and 0 in Python.
pub(crate) fn refuse_bool(value: &Bound<'_, PyAny>) -> PyResult<()> {
    if value.is_instance_of::<PyBool>() {
        return Err(PyTypeError::new_err("expected a number, not bool"));
    }
    Ok(())
}

/// Accepts every value.
fn accept(_value: &Bound<'_, PyAny>) -> PyResult<()> {
    Ok(())
}

/// Implements both conversions with PyO3's own, after a check of the value.
macro_rules! of_pyo3 {
    ($check:ident: $($type:ty),*) => { $(
        impl ToPython for $type {
            fn to_python(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                self.into_py_any(py)
            }
        }

        impl FromPython for $type {
            fn from_python(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
                $check(&object)?;
                object.extract().map_err(Into::into)
            }
        }
    )* };
}
of_pyo3!(accept: bool, String);
of_pyo3!(refuse_bool: u64, i64, f64);

impl<T: ToPython> ToPython for Option<T> {
    fn to_python(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.as_ref().map_or_else(|| Ok(py.None()), |value| value.to_python(py))
    }
}

impl<T: FromPython> FromPython for Option<T> {
    fn from_python(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if object.is_none() { Ok(None) } else { T::from_python(object).map(Some) }
    }
}

impl<T: ToPython> ToPython for Vec<T> {
    fn to_python(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(PyList::new(py, self.iter().map(NativeRef))?.into_any().unbind())
    }
}

impl<T: FromPython> FromPython for Vec<T> {
    fn from_python(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let items: Vec<Native<T>> = object.extract()?;
        Ok(items.into_iter().map(|item| item.0).collect())
    }
}

impl<T: ToPython> ToPython for Nullable<T> {
    fn to_python(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self {
            Self::Absent => TheAbsent.into_py_any(py),
            Self::Null => Ok(py.None()),
            Self::Value(value) => value.to_python(py),
        }
    }
}

impl<T: FromPython> FromPython for Nullable<T> {
    fn from_python(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if object.is_none() {
            Ok(Self::Null)
        } else if object.is_instance_of::<Absent>() {
            Ok(Self::Absent)
        } else {
            T::from_python(object).map(Self::Value)
        }
    }
}

impl ToPython for Json {
    fn to_python(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(json(py, self.as_str())?.unbind())
    }
}

impl FromPython for Json {
    fn from_python(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        dumps(&object)?.parse().map_err(not_json)
    }
}

impl ToPython for Object {
    fn to_python(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(members(py, self)?.into_any().unbind())
    }
}

impl FromPython for Object {
    fn from_python(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        dumps(object.cast::<PyDict>()?.as_any())?.parse().map_err(not_json)
    }
}

impl ToPython for Timestamp {
    fn to_python(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(time(py, self.as_str())?.unbind())
    }
}

impl FromPython for Timestamp {
    fn from_python(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if let Ok(text) = object.cast::<PyString>() {
            return Ok(Self::from(&*text.to_cow()?));
        }
        let time = object.cast::<PyDateTime>()?;
        if time.call_method0("utcoffset")?.is_none() {
            return Err(PyValueError::new_err("a datetime must have a time zone (tzinfo)"));
        }
        Ok(Self::from(time.call_method0("isoformat")?.extract::<String>()?))
    }
}

impl ToPython for Bytes {
    fn to_python(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(PyBytes::new(py, &self.0).into_any().unbind())
    }
}

/// Accepts bytes, or a file that was opened for reading.
impl FromPython for Bytes {
    fn from_python(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let read = object.getattr_opt(pyo3::intern!(object.py(), "read"))?;
        let content = read.map_or_else(|| Ok(object.to_owned()), |read| read.call0())?;
        if content.is_instance_of::<PyByteArray>() || content.is_instance_of::<PyMemoryView>() {
            return Ok(Self(content.py().get_type::<PyBytes>().call1((content,))?.extract()?));
        }
        match content.cast::<PyBytes>() {
            Ok(bytes) => Ok(Self(bytes.as_bytes().to_owned())),
            Err(_) => {
                Err(PyTypeError::new_err("expected bytes, or a file opened in binary mode: open(…, \"rb\")"))
            }
        }
    }
}
