//! PyO3: open enums are text, times are `datetime`, JSON is what Python's own `json` makes of it, and a three-valued
//! field is `ABSENT`, `None`, or a value.
//!
//! What goes into calls is in this file: a call is a class whose fields are read when it is made. [`field`] has what
//! comes back: objects that are made straight from the JSON, and read as fast as any of Python's own.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use core::convert::Infallible;

use pyo3::exceptions::{PyOverflowError, PyRecursionError, PyTypeError, PyUnicodeEncodeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyByteArray, PyBytes, PyDateTime, PyDelta, PyDict, PyFloat, PyInt, PyList, PyMemoryView, PyString,
    PyTuple, PyType, PyTzInfo,
};
use pyo3::{IntoPyObjectExt, PyClass};

use crate::redact::{HIDDEN, is_token};
use crate::text::date::Civil;
use crate::types::json::{Bytes, Json, Object};
use crate::types::nullable::Nullable;
use crate::types::time::Timestamp;

pub mod endpoint;
pub mod field;
mod interner;

/// A declared struct, and its class in Python.
pub trait Declared {
    /// The class.
    type Class: PyClass;
}

/// Lets an open enum cross as text.
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

/// The type of `ABSENT`, which stands for an argument that was not given.
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

    /// Pickles as the name under which the module has it, so that there is only ever one.
    fn __reduce__(&self) -> &'static str {
        "ABSENT"
    }
}

/// Becomes the one instance of [`Absent`]; the module exports it as `ABSENT`.
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

/// Python's own reader: exact for integers of as many digits as Python reads.
fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static DECODE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let decode = DECODE.get_or_try_init(py, || {
        let options = PyDict::new(py);
        options.set_item("parse_int", wrap_pyfunction!(whole_number, py)?)?;
        options.set_item("parse_float", wrap_pyfunction!(number, py)?)?;
        let decoder = py.import("json")?.getattr("JSONDecoder")?.call((), Some(&options))?;
        Ok::<_, PyErr>(decoder.getattr("decode")?.unbind())
    })?;
    decode.bind(py).call1((text,))
}

/// Reads a whole number of JSON. One of more digits than Python reads (4300 by default) becomes `None`.
#[pyfunction]
fn whole_number<'py>(text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
    text.py().get_type::<PyInt>().call1((text,)).or_else(|_| number(text))
}

/// Reads a number of JSON. One larger than all floats becomes `None`.
#[pyfunction]
fn number<'py>(text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
    let py = text.py();
    let number = py.get_type::<PyFloat>().call1((text,))?;
    Ok(if number.extract::<f64>()?.is_finite() { number } else { py.None().into_bound(py) })
}

/// Writes JSON by Python's writer, which knows subclasses and finds cycles. Half a pair of surrogates becomes an escape:
/// JSON may hold one, and a string of Rust cannot.
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

/// Makes the exception of an argument that holds half a pair of surrogates.
fn half<'py>(object: &Bound<'py, PyAny>, name: &str) -> Option<PyErr> {
    crate::bindings::refuse_halves(&dumps(object).ok()?, name).err().map(|error| invalid(object.py(), &error))
}

/// Reads a value. Half a pair of surrogates in it is a fault of a call.
///
/// # Errors
/// Errors of the type, and `InvalidRequestError`.
pub fn read<'py, T: for<'a> FromPyObject<'a, 'py>>(object: &Bound<'py, PyAny>, name: &str) -> PyResult<T> {
    object.extract().map_err(|error: T::Error| half(object, name).unwrap_or_else(|| error.into()))
}

/// Makes the package's exception of a fault of a call.
fn invalid(py: Python<'_>, error: &crate::Error) -> PyErr {
    let made = || {
        let data = crate::bindings::pyo3::field::json(py, Json::write(error).unwrap_or_default().as_str())?;
        let make = py.import("hudhud.errors")?.getattr("_of_call")?;
        make.call1((error.to_string(), data, PyDict::new(py), py.None(), py.None()))
    };
    made().map_or_else(|failure| failure, PyErr::from_value)
}

/// JSON that is nested too deep.
fn too_deep() -> PyErr {
    PyValueError::new_err("it is nested too deep: flatten it")
}

/// The writer let something through that is not JSON: it does not happen, and shows nothing of the value if it does.
fn not_json(_: crate::types::json::InvalidJson) -> PyErr {
    PyValueError::new_err("the value has no JSON form")
}

impl<'py> IntoPyObject<'py> for &Json {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        crate::bindings::pyo3::field::json(py, self.as_str())
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
            // What is nested too deep stays the text it is.
            match crate::bindings::pyo3::field::unless_deep(py, value.as_str())? {
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

/// An RFC 3339 text as a `datetime`. What is none stays the text it is: an answer that odd must not make reading it
/// fail.
fn time<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let Some(civil) = Civil::read(text) else { return text.into_bound_py_any(py) };
    let zone = match civil.offset_s {
        0 => PyTzInfo::utc(py)?.to_owned(),
        east => PyTzInfo::fixed_offset(py, PyDelta::new(py, 0, east, 0, true)?)?,
    };
    // As it pickles itself: of the ways to make one that every Python has, the quickest.
    CLASS.import(py, "datetime", "datetime")?.call1((PyBytes::new(py, &pickled(civil)), zone))
}

/// A date and time as a `datetime` pickles itself, but for its zone.
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

/// Bytes, or a file that was opened to read them.
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
                Err(PyTypeError::new_err("it takes bytes, or a file opened in binary mode: open(…, \"rb\")"))
            }
        }
    }
}

/// A field as Python's special methods see it: its name, and whether what it holds may not be shown.
pub type Field = (&'static str, bool);

/// `Name(field=value, secret='…')`, as Python writes it. Fields that are `None` or absent are left out; those marked
/// as hidden show only that they are there.
pub fn repr(this: &Bound<'_, PyAny>, fields: &[Field]) -> PyResult<String> {
    let mut text = String::from(&*this.get_type().name()?.to_cow()?);
    text.push('(');
    let mut first = true;
    for (name, hidden) in fields {
        let value = this.getattr(*name)?;
        if value.is_none() || value.is_instance_of::<Absent>() {
            continue;
        }
        if !core::mem::take(&mut first) {
            text.push_str(", ");
        }
        text.push_str(name);
        text.push('=');
        show(&value, *hidden, &mut text)?;
    }
    text.push(')');
    Ok(text)
}

/// Whether two objects of one class have equal fields.
pub fn equal(this: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>, fields: &[Field]) -> PyResult<bool> {
    for (name, _) in fields {
        if !this.getattr(*name)?.eq(other.getattr(*name)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The names by which `case Name(…)` takes an object apart.
pub fn match_args<'py>(py: Python<'py>, fields: &[Field]) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, fields.iter().map(|(name, _)| *name))
}

/// A function, and what it makes an object of.
pub type Reduced<'py> = (Bound<'py, PyAny>, (Bound<'py, PyType>, Bound<'py, PyTuple>, Bound<'py, PyDict>));

/// What `pickle` and `copy` make an object of anew, in every protocol: keywords of its constructor.
pub fn reduce<'py>(this: &Bound<'py, PyAny>, fields: &[Field]) -> PyResult<Reduced<'py>> {
    let given = PyDict::new(this.py());
    for (name, _) in fields {
        given.set_item(*name, this.getattr(*name)?)?;
    }
    by_keywords(this, given)
}

/// [`reduce`], with the keywords at hand.
pub fn by_keywords<'py>(this: &Bound<'py, PyAny>, given: Bound<'py, PyDict>) -> PyResult<Reduced<'py>> {
    // The one that has been there for it from the beginning, in protocols that have a word of their own for it and not.
    let new = this.py().import("copyreg")?.getattr("__newobj_ex__")?;
    Ok((new, (this.get_type(), PyTuple::empty(this.py()), given)))
}

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
            Some(given) => crate::bindings::pyo3::read(&given, name),
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

/// An object as what JSON knows, under the vendor's names: times as RFC 3339 text; what `extra` holds stands among
/// the others; what is absent is left out.
pub fn to_dict<'py>(this: &Bound<'py, PyAny>, fields: &[Field]) -> PyResult<Bound<'py, PyDict>> {
    let members = PyDict::new(this.py());
    for (name, _) in fields {
        let value = this.getattr(*name)?;
        if value.is_instance_of::<Absent>() {
            continue;
        }
        if *name == "extra" {
            members.update(value.cast::<PyDict>()?.as_mapping())?;
        } else {
            members.set_item(*name, plain(value)?)?;
        }
    }
    Ok(members)
}

/// A value as what JSON knows.
fn plain(value: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyAny>> {
    let py = value.py();
    if let Ok(list) = value.cast::<PyList>() {
        let items = PyList::empty(py);
        for item in list {
            items.append(plain(item)?)?;
        }
        return Ok(items.into_any());
    }
    if let Ok(time) = value.cast::<PyDateTime>() {
        let text: String = time.call_method0("isoformat")?.extract()?;
        return text
            .strip_suffix("+00:00")
            .map_or(text.clone(), |bare| [bare, "Z"].concat())
            .into_bound_py_any(py);
    }
    match value.getattr_opt(pyo3::intern!(py, "to_dict"))? {
        Some(to_dict) => to_dict.call0(),
        None => Ok(value),
    }
}

/// What is empty as it is, text only where it looks like an identifier, lists item by item, all else by its own
/// `repr`.
fn show(value: &Bound<'_, PyAny>, hidden: bool, text: &mut String) -> PyResult<()> {
    if hidden && !value.len().is_ok_and(|length| length == 0) {
        text.push_str(HIDDEN);
    } else if let Ok(string) = value.cast::<PyString>() {
        let string = string.to_cow()?;
        text.push('\'');
        text.push_str(if is_token(&string) { &string } else { HIDDEN });
        text.push('\'');
    } else if let Ok(list) = value.cast::<PyList>() {
        text.push('[');
        for (at, item) in list.iter().enumerate() {
            if at > 0 {
                text.push_str(", ");
            }
            show(&item, false, text)?;
        }
        text.push(']');
    } else {
        text.push_str(&value.repr()?.to_cow()?);
    }
    Ok(())
}
