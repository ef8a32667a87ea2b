//! What crosses the wire, taken from whatever Python has it in: headers from mappings and lists of pairs, bodies from
//! anything that is bytes.

use std::borrow::Cow;

use hudhud::UnixTime;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyMemoryView, PyString};

/// Hands over each header: its name, and its value as bytes.
pub(crate) fn each_header(headers: &Bound<'_, PyAny>, mut take: impl FnMut(&str, &[u8])) -> PyResult<()> {
    if let Ok(dict) = headers.cast_exact::<PyDict>() {
        for (name, value) in dict {
            take(&text(&name)?, &bytes(&value)?);
        }
        return Ok(());
    }
    let items = headers.getattr_opt("items")?.map(|items| items.call0()).transpose()?;
    let pairs = items.as_ref().unwrap_or(headers).try_iter().map_err(|_| not_headers())?;
    for pair in pairs {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) =
            pair?.extract().map_err(|_| not_headers())?;
        take(&text(&name)?, &bytes(&value)?);
    }
    Ok(())
}

/// All headers as text, as servers of HTTP/1.1 mean it: a byte, a character.
pub(crate) fn headers(of: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    each_header(of, |name, value| {
        let value = match std::str::from_utf8(value) {
            Ok(text) => text.to_owned(),
            Err(_) => value.iter().copied().map(char::from).collect(),
        };
        pairs.push((name.to_owned(), value));
    })?;
    Ok(pairs)
}

fn not_headers() -> PyErr {
    PyTypeError::new_err("headers must be a mapping, or pairs, of names and values in str or bytes")
}

/// A name. One that is no text at all is nobody's.
fn text<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, str>> {
    if let Ok(string) = object.cast::<PyString>() {
        return Ok(string.to_cow().unwrap_or_default());
    }
    let bytes = object.cast::<PyBytes>().map_err(|_| not_headers())?;
    Ok(String::from_utf8_lossy(bytes.as_bytes()))
}

fn bytes<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(string) = object.cast::<PyString>() {
        // A text with half a surrogate in it is no header; what stands for it matches nothing.
        return Ok(match string.to_cow() {
            Ok(Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
            Ok(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
            Err(_) => Cow::Owned(string.to_string_lossy().into_owned().into_bytes()),
        });
    }
    let bytes = object.cast::<PyBytes>().map_err(|_| not_headers())?;
    Ok(Cow::Borrowed(bytes.as_bytes()))
}

/// A body as bytes: borrowed where nobody can change it meanwhile.
pub(crate) fn body<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Ok(bytes.clone());
    }
    if object.is_instance_of::<PyByteArray>() || object.is_instance_of::<PyMemoryView>() {
        return Ok(object.py().get_type::<PyBytes>().call1((object,))?.cast_into()?);
    }
    let kind = object.get_type().name()?;
    Err(PyTypeError::new_err(format!("body must be bytes as they were received, not {kind}")))
}

/// Seconds since 1970, as `time.time()` counts; the system's clock if they are not given.
pub(crate) fn moment(seconds: Option<f64>) -> UnixTime {
    // A negative or endless number of seconds becomes the nearest moment there is.
    seconds.map_or_else(UnixTime::now, |seconds| UnixTime::from_millis((seconds * 1000.0).round() as u64))
}
