//! Reads headers and bodies from Python values: headers from mappings and from iterables of pairs, bodies from `bytes`,
//! `bytearray` and `memoryview`.

use std::borrow::Cow;
use std::time::SystemTime;

use hudhud::UnixTime;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyMemoryView, PyString};

use crate::exception::wrong_type;

/// Calls `take` with the name of each header and its value as bytes.
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

/// Returns all headers as text. A value that is not UTF-8 is read as Latin-1, as in HTTP/1.1.
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
    wrong_type("headers: expected a mapping or an iterable of pairs, with names and values as str or bytes")
}

/// Reads the name of a header. A `str` that is not valid Unicode becomes empty, which matches no header.
fn text<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, str>> {
    if let Ok(string) = object.cast::<PyString>() {
        return Ok(string.to_cow().unwrap_or_default());
    }
    let bytes = object.cast::<PyBytes>().map_err(|_| not_headers())?;
    Ok(String::from_utf8_lossy(bytes.as_bytes()))
}

fn bytes<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(string) = object.cast::<PyString>() {
        // A text with a lone surrogate is not a valid header. Its replacement characters match nothing.
        return Ok(match string.to_cow() {
            Ok(Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
            Ok(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
            Err(_) => Cow::Owned(string.to_string_lossy().into_owned().into_bytes()),
        });
    }
    let bytes = object.cast::<PyBytes>().map_err(|_| not_headers())?;
    Ok(Cow::Borrowed(bytes.as_bytes()))
}

/// Returns a body as bytes. Immutable `bytes` are not copied.
pub(crate) fn body<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Ok(bytes.clone());
    }
    if object.is_instance_of::<PyByteArray>() || object.is_instance_of::<PyMemoryView>() {
        return Ok(object.py().get_type::<PyBytes>().call1((object,))?.cast_into()?);
    }
    let kind = object.get_type().name()?;
    Err(wrong_type(format!("body: expected bytes as they were received, not {kind}")))
}

/// Converts seconds since 1970, as of `time.time()`. The default is the time of the system clock.
pub(crate) fn unix_time(seconds: Option<f64>) -> UnixTime {
    match seconds {
        // A negative or infinite number of seconds becomes the nearest valid time.
        Some(seconds) => UnixTime::from_millis((seconds * 1000.0).round() as u64),
        None => SystemTime::now().into(),
    }
}
