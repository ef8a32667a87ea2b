//! The special methods of classes: `__repr__`, `__eq__`, `__match_args__`, `__reduce__`.

use hudhud::host_support::{REDACTED, is_token, redact_name};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyDict, PyList, PyString, PyTuple, PyType};

use crate::declared::convert::Absent;

/// A field for the special methods: its name, and true if its value must not be shown.
pub(crate) type Field = (&'static str, bool);

/// Returns `Name(field=value, secret='…')`, in Python's form. Fields that are `None` or absent are left out. Redacted
/// fields only show that they have a value.
pub(crate) fn repr(this: &Bound<'_, PyAny>, fields: &[Field]) -> PyResult<String> {
    let mut text = String::from(&*this.get_type().name()?.to_cow()?);
    text.push('(');
    let mut first = true;
    for (name, hidden) in fields {
        let value = this.getattr(*name)?;
        if value.is_none() || value.is_instance_of::<Absent>() {
            continue;
        }
        if !std::mem::take(&mut first) {
            text.push_str(", ");
        }
        text.push_str(name);
        text.push('=');
        match value.cast::<PyDict>() {
            Ok(members) if *name == "extra" => show_extra(members, &mut text)?,
            _ => show(&value, *hidden, &mut text)?,
        }
    }
    text.push(')');
    Ok(text)
}

/// Returns `true` if two objects of one class have equal fields.
pub(crate) fn equal(this: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>, fields: &[Field]) -> PyResult<bool> {
    for (name, _) in fields {
        if !this.getattr(*name)?.eq(other.getattr(*name)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns the names by which `case Name(…)` matches positions.
pub(crate) fn match_args<'py>(py: Python<'py>, fields: &[Field]) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, fields.iter().map(|(name, _)| *name))
}

/// The result of `__reduce__`: a function and its arguments.
pub(crate) type Reduced<'py> =
    (Bound<'py, PyAny>, (Bound<'py, PyType>, Bound<'py, PyTuple>, Bound<'py, PyDict>));

/// Returns the function and the keywords with which `pickle` and `copy` recreate an object, in every protocol.
pub(crate) fn reduce<'py>(this: &Bound<'py, PyAny>, fields: &[Field]) -> PyResult<Reduced<'py>> {
    let given = PyDict::new(this.py());
    for (name, _) in fields {
        given.set_item(*name, this.getattr(*name)?)?;
    }
    by_keywords(this, given)
}

/// Does the same as [`reduce`], with given keywords.
pub(crate) fn by_keywords<'py>(
    this: &Bound<'py, PyAny>,
    given: Bound<'py, PyDict>,
) -> PyResult<Reduced<'py>> {
    // `copyreg.__newobj_ex__` works in all protocols, also in those without an opcode for it.
    let new = this.py().import("copyreg")?.getattr("__newobj_ex__")?;
    Ok((new, (this.get_type(), PyTuple::empty(this.py()), given)))
}

/// Converts an object to a dict of JSON values, under the vendor's names. Times become RFC 3339 text. Members of
/// `extra` are merged into the dict. Absent fields are left out.
pub(crate) fn to_dict<'py>(this: &Bound<'py, PyAny>, fields: &[Field]) -> PyResult<Bound<'py, PyDict>> {
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

/// Converts a value to a JSON value.
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

/// Appends the members that have no field: their names, and no values, because nothing is known about them.
fn show_extra(members: &Bound<'_, PyDict>, text: &mut String) -> PyResult<()> {
    text.push('{');
    for (at, name) in members.keys().iter().enumerate() {
        let name: String = name.extract().unwrap_or_default();
        text.push_str(if at > 0 { ", '" } else { "'" });
        text.push_str(redact_name(&name));
        text.push_str("': ");
        text.push_str(REDACTED);
    }
    text.push('}');
    Ok(())
}

/// Appends the `repr` of a value. Empty values are shown as they are, lists item by item, and text only if it looks
/// like an identifier.
fn show(value: &Bound<'_, PyAny>, hidden: bool, text: &mut String) -> PyResult<()> {
    let is_empty = || value.len().is_ok_and(|length| length == 0);
    if (hidden || value.is_instance_of::<PyDict>()) && !is_empty() {
        text.push_str(REDACTED);
    } else if let Ok(string) = value.cast::<PyString>() {
        let string = string.to_cow()?;
        text.push('\'');
        text.push_str(if is_token(&string) { &string } else { REDACTED });
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
