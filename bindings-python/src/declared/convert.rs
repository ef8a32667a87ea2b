//! Parts of the conversions of arguments: the value of an argument that was not given, JSON, times, and the exceptions.

use hudhud::Json;
use hudhud::host_support::{Civil, refuse_lone_surrogates};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyRecursionError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDelta, PyDict, PyTzInfo};

use crate::declared::json_value::json;
use crate::exception::made_by;

/// The type of `ABSENT`, which is the value of an argument that was not given.
#[pyclass(frozen, name = "Absent", module = "hudhud")]
#[derive(Debug)]
pub(crate) struct Absent;

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
pub(crate) struct TheAbsent;

impl<'py> IntoPyObject<'py> for TheAbsent {
    type Target = Absent;
    type Output = Bound<'py, Absent>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static ABSENT: PyOnceLock<Py<Absent>> = PyOnceLock::new();
        Ok(ABSENT.get_or_try_init(py, || Py::new(py, Absent))?.bind(py).clone())
    }
}

/// Writes JSON with Python's writer, which supports subclasses and finds cycles. Half a pair of surrogates becomes an
/// escape: JSON may hold one, but a Rust string cannot.
pub(crate) fn dumps(object: &Bound<'_, PyAny>) -> PyResult<String> {
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
        encode.bind(py).call1((object,)).map_err(|error| {
            if error.is_instance_of::<PyRecursionError>(py) {
                too_deep()
            } else {
                not_finite(object).unwrap_or(error)
            }
        })
    };
    let written = write(ENCODE.get_or_try_init(py, || encoder(false))?)?;
    if let Ok(text) = written.extract() {
        return Ok(text);
    }
    write(ESCAPE.get_or_try_init(py, || encoder(true))?)?.extract()
}

/// Returns the exception for a value that is or holds a number that JSON lacks.
fn not_finite(object: &Bound<'_, PyAny>) -> Option<PyErr> {
    let find = object.py().import("hudhud._arguments").and_then(|module| module.getattr("not_finite"));
    let message: Option<String> = find.and_then(|find| find.call1((object,))).ok()?.extract().ok()?;
    message.map(PyValueError::new_err)
}

/// Returns the exception for an argument that holds a lone surrogate.
fn lone_surrogate<'py>(object: &Bound<'py, PyAny>, name: &str) -> Option<PyErr> {
    refuse_lone_surrogates(&dumps(object).ok()?, name).err().map(|error| invalid(object.py(), &error))
}

/// Reads a value. Half a pair of surrogates in it is a fault of the call.
///
/// # Errors
/// Errors of the type, and `InvalidRequestError`.
pub(crate) fn read<'py, T: for<'a> FromPyObject<'a, 'py>>(
    object: &Bound<'py, PyAny>,
    name: &str,
) -> PyResult<T> {
    object.extract().map_err(|error: T::Error| lone_surrogate(object, name).unwrap_or_else(|| error.into()))
}

/// Returns the package's exception for a fault of a call.
pub(crate) fn invalid(py: Python<'_>, error: &hudhud::Error) -> PyErr {
    match json(py, Json::write(error).unwrap_or_default().as_str()) {
        Ok(data) => made_by(py, "_of_call", (error.to_string(), data, PyDict::new(py), py.None(), py.None())),
        Err(failure) => failure,
    }
}

/// Returns the error for JSON that is nested too deep.
fn too_deep() -> PyErr {
    PyValueError::new_err("it is nested too deep: flatten it")
}

/// Returns the error for output of Python's writer that is not JSON. This does not happen; the message does not repeat
/// the value.
pub(crate) fn not_json(_: hudhud::InvalidJson) -> PyErr {
    PyValueError::new_err("expected a value that JSON can represent")
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
