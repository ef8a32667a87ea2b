//! PyO3: open enums are text, times are `datetime`, JSON is what Python's own `json` makes of it, and a three-valued
//! field is `ABSENT`, `None`, or a value.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::convert::Infallible;

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
#[cfg(feature = "python-stubs")]
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
#[cfg(feature = "python-stubs")]
use pyo3::type_object::PyTypeInfo;
#[cfg(feature = "python-stubs")]
use pyo3::types::PyNone;
use pyo3::types::{PyBytes, PyDateTime, PyDelta, PyDict, PyList, PyString, PyTzInfo};
#[cfg(feature = "python-stubs")]
use pyo3::{type_hint_identifier, type_hint_subscript};

use crate::json::{Bytes, Json, Object};
use crate::nullable::Nullable;
use crate::redact::{HIDDEN, is_token};
use crate::time::Timestamp;

/// Two type hints as a union.
#[cfg(feature = "python-stubs")]
macro_rules! either {
    ($one:expr, $other:expr) => {
        ::pyo3::inspect::PyStaticExpr::BinOp {
            left: &$one,
            op: ::pyo3::inspect::PyStaticOperator::BitOr,
            right: &$other,
        }
    };
}
#[cfg(feature = "python-stubs")]
pub(crate) use either;

/// Lets an open enum cross as text, with its known values in the type hint.
macro_rules! open_enum {
    ($name:ident, $($value:literal),*) => {
        impl<'py> ::pyo3::IntoPyObject<'py> for &$name {
            type Target = ::pyo3::types::PyString;
            type Output = ::pyo3::Bound<'py, Self::Target>;
            type Error = ::core::convert::Infallible;
            #[cfg(feature = "python-stubs")]
            const OUTPUT_TYPE: ::pyo3::inspect::PyStaticExpr = <$name as ::pyo3::IntoPyObject<'py>>::OUTPUT_TYPE;

            fn into_pyobject(
                self, py: ::pyo3::Python<'py>,
            ) -> ::core::result::Result<Self::Output, Self::Error> {
                Ok(::pyo3::types::PyString::intern(py, self.as_str()))
            }
        }

        impl<'py> ::pyo3::IntoPyObject<'py> for $name {
            type Target = ::pyo3::types::PyString;
            type Output = ::pyo3::Bound<'py, Self::Target>;
            type Error = ::core::convert::Infallible;
            #[cfg(feature = "python-stubs")]
            const OUTPUT_TYPE: ::pyo3::inspect::PyStaticExpr = $crate::hosts::python::either!(
                ::pyo3::type_hint_subscript!(
                    ::pyo3::type_hint_identifier!("typing", "Literal"),
                    $( ::pyo3::inspect::PyStaticExpr::Constant {
                        value: ::pyo3::inspect::PyStaticConstant::Str($value),
                    } ),*
                ),
                ::pyo3::type_hint_identifier!("builtins", "str")
            );

            fn into_pyobject(
                self, py: ::pyo3::Python<'py>,
            ) -> ::core::result::Result<Self::Output, Self::Error> {
                <&$name as ::pyo3::IntoPyObject<'py>>::into_pyobject(&self, py)
            }
        }

        impl<'py> ::pyo3::FromPyObject<'_, 'py> for $name {
            type Error = ::pyo3::PyErr;
            #[cfg(feature = "python-stubs")]
            const INPUT_TYPE: ::pyo3::inspect::PyStaticExpr = <$name as ::pyo3::IntoPyObject<'py>>::OUTPUT_TYPE;

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
    #[cfg(feature = "python-stubs")]
    const OUTPUT_TYPE: PyStaticExpr = Absent::TYPE_HINT;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static ABSENT: PyOnceLock<Py<Absent>> = PyOnceLock::new();
        Ok(ABSENT.get_or_try_init(py, || Py::new(py, Absent))?.bind(py).clone())
    }
}

impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for Nullable<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    #[cfg(feature = "python-stubs")]
    const OUTPUT_TYPE: PyStaticExpr = either!(either!(T::OUTPUT_TYPE, PyNone::TYPE_HINT), Absent::TYPE_HINT);

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
    #[cfg(feature = "python-stubs")]
    const OUTPUT_TYPE: PyStaticExpr = <Nullable<&'a T> as IntoPyObject<'py>>::OUTPUT_TYPE;

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
    #[cfg(feature = "python-stubs")]
    const INPUT_TYPE: PyStaticExpr = either!(either!(T::INPUT_TYPE, PyNone::TYPE_HINT), Absent::TYPE_HINT);

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

/// Python's own reader: exact for integers of any size.
fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    LOADS.import(py, "json", "loads")?.call1((text,))
}

/// Python's own writer: it knows subclasses and finds cycles.
fn dumps(object: &Bound<'_, PyAny>) -> PyResult<String> {
    static ENCODE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = object.py();
    let encode = ENCODE.get_or_try_init(py, || {
        let options = PyDict::new(py);
        options.set_item("ensure_ascii", false)?;
        options.set_item("allow_nan", false)?;
        options.set_item("separators", (",", ":"))?;
        let encoder = py.import("json")?.getattr("JSONEncoder")?.call((), Some(&options))?;
        Ok::<_, PyErr>(encoder.getattr("encode")?.unbind())
    })?;
    encode.bind(py).call1((object,))?.extract()
}

/// The writer let something through that is not JSON: it does not happen, and shows nothing of the value if it does.
fn not_json(_: crate::json::InvalidJson) -> PyErr {
    PyValueError::new_err("the value has no JSON form")
}

impl<'py> IntoPyObject<'py> for &Json {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    #[cfg(feature = "python-stubs")]
    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("typing", "Any");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        loads(py, self.as_str())
    }
}

impl<'py> FromPyObject<'_, 'py> for Json {
    type Error = PyErr;
    #[cfg(feature = "python-stubs")]
    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("typing", "Any");

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        dumps(&object)?.parse().map_err(not_json)
    }
}

impl<'py> IntoPyObject<'py> for &Object {
    type Target = PyDict;
    type Output = Bound<'py, PyDict>;
    type Error = PyErr;
    #[cfg(feature = "python-stubs")]
    const OUTPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("builtins", "dict"),
        type_hint_identifier!("builtins", "str"),
        type_hint_identifier!("typing", "Any")
    );

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        if self.is_empty() {
            return Ok(PyDict::new(py));
        }
        let text = Json::write(self).map_err(not_json)?;
        loads(py, text.as_str())?.cast_into().map_err(Into::into)
    }
}

impl<'py> FromPyObject<'_, 'py> for Object {
    type Error = PyErr;
    #[cfg(feature = "python-stubs")]
    const INPUT_TYPE: PyStaticExpr = <&Self as IntoPyObject<'py>>::OUTPUT_TYPE;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        dumps(object.cast::<PyDict>()?.as_any())?.parse().map_err(not_json)
    }
}

impl<'py> IntoPyObject<'py> for &Timestamp {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    #[cfg(feature = "python-stubs")]
    const OUTPUT_TYPE: PyStaticExpr =
        either!(type_hint_identifier!("datetime", "datetime"), type_hint_identifier!("builtins", "str"));

    /// What is no RFC 3339 stays the text it is: an answer that odd must not make reading it fail.
    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let Some(civil) = self.civil() else { return self.as_str().into_bound_py_any(py) };
        let zone = match civil.offset_s {
            0 => PyTzInfo::utc(py)?.to_owned(),
            east => PyTzInfo::fixed_offset(py, PyDelta::new(py, 0, east, 0, true)?)?,
        };
        let (year, month, day) = civil.date;
        let (hour, minute, second) = civil.clock;
        PyDateTime::new(py, year.into(), month, day, hour, minute, second, civil.micros, Some(&zone))?
            .into_bound_py_any(py)
    }
}

impl<'py> FromPyObject<'_, 'py> for Timestamp {
    type Error = PyErr;
    #[cfg(feature = "python-stubs")]
    const INPUT_TYPE: PyStaticExpr =
        either!(type_hint_identifier!("datetime", "datetime"), type_hint_identifier!("builtins", "str"));

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
    #[cfg(feature = "python-stubs")]
    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("builtins", "bytes");

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Infallible> {
        Ok(PyBytes::new(py, &self.0))
    }
}

impl<'py> FromPyObject<'_, 'py> for Bytes {
    type Error = PyErr;
    #[cfg(feature = "python-stubs")]
    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("builtins", "bytes");

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self(object.cast::<PyBytes>()?.as_bytes().to_owned()))
    }
}

/// `Name(field=value, secret='…')`, as Python writes it. Fields that are `None` or absent are left out; those marked
/// as hidden show only that they are there.
pub(crate) fn repr(this: &Bound<'_, PyAny>, fields: &[(&str, bool)]) -> PyResult<String> {
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
