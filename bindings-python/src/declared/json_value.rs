//! JSON text as Python objects.

use std::fmt;

use hudhud::Object;
use hudhud::host_support::read;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyRecursionError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyFloat, PyInt, PyList, PyString};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::declared::interner::StringInterner;

/// Converts JSON text to the objects that Python's `json` would create, several times faster. Values that this reader
/// cannot convert exactly are left to `json`: floats, integers beyond 64 bits and lone surrogates.
///
/// The result is never nested so deep that Python's `repr`, `==`, `pickle` or `json` fail. Parts that are nested deeper
/// stay text; in an object this applies to each member separately.
///
/// # Errors
/// If the text is not JSON.
pub(crate) fn json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    if let Some(value) = unless_deep(py, text)? {
        return Ok(value);
    }
    match text.parse::<Object>() {
        Ok(object) => Ok(members(py, &object)?.into_any()),
        Err(_) => text.into_bound_py_any(py),
    }
}

/// Converts an object, each member separately. A member that is nested too deep stays text.
///
/// # Errors
/// If Python is out of memory.
pub(super) fn members<'py>(py: Python<'py>, object: &Object) -> PyResult<Bound<'py, PyDict>> {
    let members = PyDict::new(py);
    for (name, value) in object.iter() {
        match unless_deep(py, value.as_str())? {
            Some(value) => members.set_item(name, value)?,
            None => members.set_item(name, value.as_str())?,
        }
    }
    Ok(members)
}

/// Does the same as [`json`], but returns `None` if the JSON is nested too deep.
fn unless_deep<'py>(py: Python<'py>, text: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(value) = read(text, Value(&StringInterner::plain(py))) {
        return Ok(Some(value));
    }
    if is_deep(text) {
        return Ok(None);
    }
    match loads(py, text) {
        // The program's own calls have left too little room on the stack.
        Err(error) if error.is_instance_of::<PyRecursionError>(py) => Ok(None),
        read => read.map(Some),
    }
}

/// Returns `true` if brackets are nested deeper than Python's own code handles well.
fn is_deep(text: &str) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return true;
                }
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// `copy.deepcopy` makes two calls for each level, and Python allows a thousand.
const MAX_DEPTH: u32 = 250;

/// Seed that reads any JSON value that Rust represents exactly.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a, 'py>(pub(crate) &'a StringInterner<'py>);

impl<'de, 'py> DeserializeSeed<'de> for Value<'_, 'py> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, 'py> Visitor<'de> for Value<'_, 'py> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value that is exact")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.0.py().None().into_bound(self.0.py()))
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        value.into_bound_py_any(self.0.py()).map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        value.into_bound_py_any(self.0.py()).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        value.into_bound_py_any(self.0.py()).map_err(E::custom)
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(self.0.of(value).into_any())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let list = PyList::empty(self.0.py());
        while let Some(item) = seq.next_element_seed(self)? {
            list.append(item).map_err(A::Error::custom)?;
        }
        Ok(list.into_any())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let dict = PyDict::new(self.0.py());
        while let Some(name) = map.next_key_seed(KeySeed(self.0))? {
            let value = map.next_value_seed(self)?;
            dict.set_item(name, value).map_err(A::Error::custom)?;
        }
        Ok(dict.into_any())
    }
}

/// Seed that reads the name of a member.
struct KeySeed<'a, 'py>(&'a StringInterner<'py>);

impl<'de, 'py> DeserializeSeed<'de> for KeySeed<'_, 'py> {
    type Value = Bound<'py, PyString>;

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_str(self)
    }
}

impl<'py> Visitor<'_> for KeySeed<'_, 'py> {
    type Value = Bound<'py, PyString>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        // serde_json passes a number under such a name if any crate of the build enables `arbitrary_precision`.
        if name.starts_with("$serde_json::private::") {
            return Err(E::custom("not exact"));
        }
        Ok(self.0.of(name))
    }
}

/// Reads JSON with Python's own reader. It is exact for integers of as many digits as Python supports.
pub(crate) fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
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

/// Reads an integer of JSON. An integer with more digits than Python supports (4300 by default) becomes `None`.
#[pyfunction]
fn whole_number<'py>(text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
    text.py().get_type::<PyInt>().call1((text,)).or_else(|_| number(text))
}

/// Reads a number of JSON. A number larger than every float becomes `None`.
#[pyfunction]
fn number<'py>(text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
    let py = text.py();
    let number = py.get_type::<PyFloat>().call1((text,))?;
    Ok(if number.extract::<f64>()?.is_finite() { number } else { py.None().into_bound(py) })
}
