//! The special methods of classes: `__repr__`, `__eq__`, `__match_args__`, `__reduce__`.

use alloc::string::String;

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyDict, PyList, PyString, PyTuple, PyType};

use crate::bindings::pyo3::convert::Absent;
use crate::redact::{HIDDEN, is_token};

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
pub(crate) fn plain(value: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyAny>> {
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
