//! Conversions between JSON, times and bytes and Python objects, for the arguments of calls.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::convert::Infallible;

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyRecursionError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyByteArray, PyBytes, PyDateTime, PyDelta, PyDict, PyMemoryView, PyString, PyTzInfo};

use crate::text::date::Civil;
use crate::types::json::{Bytes, Json, Object};
use crate::types::nullable::Nullable;
use crate::types::time::Timestamp;

/// The type of `ABSENT`, which is the value of an argument that was not given.
#[pyclass(frozen, name = "Absent", module = "hudhud")]
#[derive(Debug)]
pub struct Absent;

#[pymethods]
impl Absent {
    fn __repr__(&self) -> &'static str {
        "ABSENT"
    }

    fn __bool__(&self) -> bool {
        false
    }

    /// Pickles as the name of the module's attribute, so that there is only one instance.
    fn __reduce__(&self) -> &'static str {
        "ABSENT"
    }
}

/// Converts to the one instance of [`Absent`]. The module exports it as `ABSENT`.
#[derive(Debug)]
pub struct TheAbsent;

impl<'py> IntoPyObject<'py> for TheAbsent {
    type Target = Absent;
    type Output = Bound<'py, Absent>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static ABSENT: PyOnceLock<Py<Absent>> = PyOnceLock::new();
        Ok(ABSENT.get_or_try_init(py, || Py::new(py, Absent))?.bind(py).clone())
    }
}

impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for Nullable<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        match self {
            Self::Absent => TheAbsent.into_bound_py_any(py),
            Self::Null => Ok(py.None().into_bound(py)),
            Self::Value(value) => value.into_bound_py_any(py),
        }
    }
}

impl<'a, 'py, T> IntoPyObject<'py> for &'a Nullable<T>
where
    &'a T: IntoPyObject<'py>,
{
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let borrowed = match self {
            Nullable::Absent => Nullable::Absent,
            Nullable::Null => Nullable::Null,
            Nullable::Value(value) => Nullable::Value(value),
        };
        borrowed.into_pyobject(py)
    }
}

impl<'a, 'py, T: FromPyObject<'a, 'py>> FromPyObject<'a, 'py> for Nullable<T> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_none() {
            Ok(Self::Null)
        } else if object.is_instance_of::<Absent>() {
            Ok(Self::Absent)
        } else {
            object.extract().map(Self::Value).map_err(Into::into)
        }
    }
}

/// Writes JSON with Python's writer, which supports subclasses and finds cycles. Half a pair of surrogates becomes an
/// escape: JSON may hold one, but a Rust string cannot.
fn dumps(object: &Bound<'_, PyAny>) -> PyResult<String> {
    static ENCODE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static ESCAPE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = object.py();
    let encoder = |ascii: bool| {
        let options = PyDict::new(py);
        options.set_item("ensure_ascii", ascii)?;
        options.set_item("allow_nan", false)?;
        options.set_item("separators", (",", ":"))?;
        let encoder = py.import("json")?.getattr("JSONEncoder")?.call((), Some(&options))?;
        Ok::<_, PyErr>(encoder.getattr("encode")?.unbind())
    };
    let write = |encode: &Py<PyAny>| {
        encode
            .bind(py)
            .call1((object,))
            .map_err(|error| if error.is_instance_of::<PyRecursionError>(py) { too_deep() } else { error })
    };
    let written = write(ENCODE.get_or_try_init(py, || encoder(false))?)?;
    if let Ok(text) = written.extract() {
        return Ok(text);
    }
    write(ESCAPE.get_or_try_init(py, || encoder(true))?)?.extract()
}

/// Returns the exception for an argument that holds half a pair of surrogates.
fn half<'py>(object: &Bound<'py, PyAny>, name: &str) -> Option<PyErr> {
    crate::bindings::refuse_halves(&dumps(object).ok()?, name).err().map(|error| invalid(object.py(), &error))
}

/// Reads a value. Half a pair of surrogates in it is a fault of the call.
///
/// # Errors
/// Errors of the type, and `InvalidRequestError`.
pub fn read<'py, T: for<'a> FromPyObject<'a, 'py>>(object: &Bound<'py, PyAny>, name: &str) -> PyResult<T> {
    object.extract().map_err(|error: T::Error| half(object, name).unwrap_or_else(|| error.into()))
}

/// Returns the package's exception for a fault of a call.
pub(crate) fn invalid(py: Python<'_>, error: &crate::Error) -> PyErr {
    let made = || {
        let data =
            crate::bindings::pyo3::json_value::json(py, Json::write(error).unwrap_or_default().as_str())?;
        let make = py.import("hudhud.errors")?.getattr("_of_call")?;
        make.call1((error.to_string(), data, PyDict::new(py), py.None(), py.None()))
    };
    made().map_or_else(|failure| failure, PyErr::from_value)
}

/// Returns the error for JSON that is nested too deep.
fn too_deep() -> PyErr {
    PyValueError::new_err("it is nested too deep: flatten it")
}

/// Returns the error for output of Python's writer that is not JSON. This does not happen; the message does not repeat
/// the value.
fn not_json(_: crate::types::json::InvalidJson) -> PyErr {
    PyValueError::new_err("expected a value that JSON can represent")
}

impl<'py> IntoPyObject<'py> for &Json {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        crate::bindings::pyo3::json_value::json(py, self.as_str())
    }
}

impl<'py> FromPyObject<'_, 'py> for Json {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        dumps(&object)?.parse().map_err(not_json)
    }
}

impl<'py> IntoPyObject<'py> for &Object {
    type Target = PyDict;
    type Output = Bound<'py, PyDict>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let members = PyDict::new(py);
        for (name, value) in self.iter() {
            // JSON that is nested too deep stays text.
            match crate::bindings::pyo3::json_value::unless_deep(py, value.as_str())? {
                Some(value) => members.set_item(name, value)?,
                None => members.set_item(name, value.as_str())?,
            }
        }
        Ok(members)
    }
}

impl<'py> FromPyObject<'_, 'py> for Object {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        dumps(object.cast::<PyDict>()?.as_any())?.parse().map_err(not_json)
    }
}

impl<'py> IntoPyObject<'py> for &Timestamp {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        time(py, self.as_str())
    }
}

/// Converts RFC 3339 text to a `datetime`. Other text stays text: an odd value must not make decoding fail.
pub(crate) fn time<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let Some(civil) = Civil::read(text) else { return text.into_bound_py_any(py) };
    let zone = match civil.offset_s {
        0 => PyTzInfo::utc(py)?.to_owned(),
        east => PyTzInfo::fixed_offset(py, PyDelta::new(py, 0, east, 0, true)?)?,
    };
    // Unpickling is the fastest way to create a `datetime` in every supported Python version.
    CLASS.import(py, "datetime", "datetime")?.call1((PyBytes::new(py, &pickled(civil)), zone))
}

/// Writes a date and time, without its zone, as `datetime` pickles itself.
fn pickled(Civil { date: (year, month, day), clock: (hour, minute, second), micros, .. }: Civil) -> [u8; 10] {
    let ([y1, y2], [_, u1, u2, u3]) = (year.to_be_bytes(), micros.to_be_bytes());
    [y1, y2, month, day, hour, minute, second, u1, u2, u3]
}

impl<'py> FromPyObject<'_, 'py> for Timestamp {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
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

impl<'py> IntoPyObject<'py> for &Bytes {
    type Target = PyBytes;
    type Output = Bound<'py, PyBytes>;
    type Error = Infallible;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Infallible> {
        Ok(PyBytes::new(py, &self.0))
    }
}

/// Accepts bytes, or a file that was opened for reading.
impl<'py> FromPyObject<'_, 'py> for Bytes {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
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
