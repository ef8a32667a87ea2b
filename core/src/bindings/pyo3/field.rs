//! Answers as Python's objects.
//!
//! Their classes hold Python's values, not Rust's: each is made once, while the JSON is read, and reading it again
//! costs what reading a slot costs. How tolerantly they are read is decided where Rust's own answers are, in
//! `core/src/answer.rs` and `core/src/page.rs`; here is only what becomes of text, numbers and the rest.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use std::sync::OnceLock;

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyRecursionError;
use pyo3::prelude::*;
use pyo3::sync::OnceLockExt;
use pyo3::types::{PyDict, PyIterator, PyList, PyString, PyTuple, PyType};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::bindings::pyo3::{Argument, Declared, Field, Reduced, loads, time};
use crate::codec::error::Unreadable;
use crate::codec::json_reader::{read, read_or_cut};
use crate::codec::output::leaf::decode_list;
use crate::codec::output::page::Page;
use crate::codec::output::visitor::decode_text;
use crate::codec::output::{Answer, Decode};
use crate::schema::{Described, Kind};
use crate::types::json::{Json, Object};
use crate::types::time::Timestamp;

pub use crate::bindings::pyo3::interner::Texts;

/// What a value of an answer is in Python.
pub trait Pythonic: Sized {
    /// What stands in its place when the vendor says nothing.
    ///
    /// # Errors
    /// Only if Python is out of memory.
    fn nothing(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(py.None().into_bound(py))
    }

    /// A value of JSON. `None` for `null` and for anything of another type.
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error>;

    /// A value of Rust's.
    ///
    /// # Errors
    /// If Python is out of memory.
    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>>;

    /// An argument, if it is one that fits.
    ///
    /// # Errors
    /// `TypeError`, and `ValueError` for a time without a zone.
    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>>;
}

/// A struct of an answer.
pub trait Modelled: Answer + Pythonic + Declared {}

/// Reads a value as a field of type `T` has it in Python.
struct Reads<'a, 'py, T>(&'a Texts<'py>, PhantomData<T>);

impl<T> Clone for Reads<'_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Reads<'_, '_, T> {}

impl<'de, 'py, T: Pythonic> DeserializeSeed<'de> for Reads<'_, 'py, T> {
    type Value = Option<Bound<'py, PyAny>>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        T::read(self.0, json)
    }
}

/// The next value of a map, as a field of type `T` has it in Python.
pub(crate) fn next<'de, 'py, T: Pythonic, A: MapAccess<'de>>(
    texts: &Texts<'py>,
    map: &mut A,
) -> Result<Option<Bound<'py, PyAny>>, A::Error> {
    map.next_value_seed(Reads::<T>(texts, PhantomData))
}

/// A field's value, or what stands for nothing.
pub(crate) fn or_nothing<'py, T: Pythonic>(
    py: Python<'py>,
    value: Option<Bound<'py, PyAny>>,
) -> PyResult<Py<PyAny>> {
    value.map_or_else(|| T::nothing(py), Ok).map(Bound::unbind)
}

/// What an answer holds beside its fields: a dict, made when somebody looks for it, for most hold nothing.
#[derive(Debug, Default)]
pub(crate) struct Extra(OnceLock<Py<PyAny>>);

impl Extra {
    pub(crate) fn of(extra: &Object, py: Python<'_>) -> PyResult<Self> {
        if extra.is_empty() { Ok(Self::default()) } else { Ok(Self(extra.give(py)?.into())) }
    }

    /// That of a constructor.
    pub(crate) fn given(argument: Option<Py<PyAny>>) -> Self {
        argument.map_or_else(Self::default, |given| Self(given.into()))
    }
}

impl<'py> IntoPyObject<'py> for &Extra {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let dict = self.0.get_or_init_py_attached(py, || PyDict::new(py).into_any().unbind());
        Ok(dict.bind(py).clone())
    }
}

impl<T: Pythonic> Pythonic for Option<T> {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        T::read(texts, json)
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.as_ref().map_or_else(|| Ok(py.None()), |value| value.give(py))
    }

    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if object.is_none() { Ok(object.py().None()) } else { T::accept(object) }
    }
}

impl<T: Pythonic> Pythonic for Vec<T> {
    fn nothing(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(PyList::empty(py).into_any())
    }

    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        let (list, mut kept) = (PyList::empty(texts.py()), Ok(()));
        let keep = |item| {
            if let Err(error) = list.append(item) {
                kept = Err(error);
            }
        };
        let is_list = texts.inside(|| decode_list(json, Reads::<T>(texts, PhantomData), keep))?;
        kept.map_err(D::Error::custom)?;
        Ok(is_list.then(|| list.into_any()))
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let items = self.iter().map(|item| item.give(py)).collect::<PyResult<Vec<_>>>()?;
        Ok(PyList::new(py, items)?.into_any().unbind())
    }

    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        // A text is a sequence too, and never a list of what was meant.
        let items: Vec<Bound<'_, PyAny>> = match object.cast::<PyTuple>() {
            Ok(tuple) => tuple.iter().collect(),
            Err(_) => object.cast::<PyList>()?.iter().collect(),
        };
        let items = items.iter().map(T::accept).collect::<PyResult<Vec<_>>>()?;
        Ok(PyList::new(object.py(), items)?.into_any().unbind())
    }
}

impl Pythonic for String {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        decode_text(json, |text| texts.of_field(text).into_any())
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.as_str().into_py_any(py)
    }

    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        Ok(object.cast::<PyString>()?.as_any().clone().unbind())
    }
}

impl Pythonic for Timestamp {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        json: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        let read = decode_text(json, |text| time(texts.py(), text))?;
        read.transpose().map_err(D::Error::custom)
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(time(py, self.as_str())?.unbind())
    }

    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let given: Self = object.extract()?;
        if object.is_instance_of::<PyString>() {
            given.give(object.py())
        } else {
            Ok(object.clone().unbind())
        }
    }
}

/// Numbers and booleans are read as Rust reads them, and are then Python's.
macro_rules! plain {
    ($($type:ty),*) => { $(
        impl Pythonic for $type {
            fn read<'de, 'py, D: Deserializer<'de>>(
                texts: &Texts<'py>,
                json: D,
            ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
                let value = Self::decode(json)?.map(|value| value.into_bound_py_any(texts.py()));
                value.transpose().map_err(D::Error::custom)
            }

            fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                self.into_py_any(py)
            }

            fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
                object.extract::<Self>()?;
                Ok(object.clone().unbind())
            }
        }
    )* };
}
plain!(bool, u64, i64, f64);

impl Pythonic for Json {
    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        value: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        let read = match read_or_cut(value, Value(texts))? {
            Ok(value) => value,
            Err(text) => json(texts.py(), text).map_err(D::Error::custom)?,
        };
        Ok(Some(read).filter(|read| !read.is_none()))
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(json(py, self.as_str())?.unbind())
    }

    /// Not looked at: an answer that unpickles has what Python's `json` made, half surrogates and endless numbers too.
    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        Ok(object.clone().unbind())
    }
}

impl Pythonic for Object {
    fn nothing(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(PyDict::new(py).into_any())
    }

    fn read<'de, 'py, D: Deserializer<'de>>(
        texts: &Texts<'py>,
        value: D,
    ) -> Result<Option<Bound<'py, PyAny>>, D::Error> {
        let read = match read_or_cut(value, Value(texts))? {
            Ok(value) => value,
            Err(text) if text.starts_with('{') => json(texts.py(), text).map_err(D::Error::custom)?,
            // Not looked at any closer than to see whether it is JSON.
            Err(text) => match read(text, PhantomData::<IgnoredAny>) {
                Ok(_) => return Ok(None),
                Err(_) => return Err(D::Error::custom("not JSON")),
            },
        };
        Ok(Some(read).filter(|read| read.is_instance_of::<PyDict>()))
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.into_py_any(py)
    }

    /// As that of any JSON: what the dict holds is not looked at.
    fn accept(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        Ok(object.cast::<PyDict>()?.as_any().clone().unbind())
    }
}

/// Lets an open enum stand in an answer: as text.
macro_rules! open_enum {
    ($name:ident) => {
        impl $crate::bindings::pyo3::field::Pythonic for $name {
            fn read<'de, 'py, D: ::serde::Deserializer<'de>>(
                texts: &$crate::bindings::pyo3::field::Texts<'py>,
                json: D,
            ) -> ::core::result::Result<::core::option::Option<::pyo3::Bound<'py, ::pyo3::PyAny>>, D::Error>
            {
                $crate::codec::output::visitor::decode_text(json, |text| {
                    texts.of(Self::from(text).as_str()).into_any()
                })
            }

            fn give(&self, py: ::pyo3::Python<'_>) -> ::pyo3::PyResult<::pyo3::Py<::pyo3::PyAny>> {
                $crate::bindings::pyo3::field::Pythonic::give(
                    &::alloc::string::String::from(self.as_str()),
                    py,
                )
            }

            fn accept(
                object: &::pyo3::Bound<'_, ::pyo3::PyAny>,
            ) -> ::pyo3::PyResult<::pyo3::Py<::pyo3::PyAny>> {
                <::alloc::string::String as $crate::bindings::pyo3::field::Pythonic>::accept(object)
            }
        }
    };
}
pub(crate) use open_enum;

/// A JSON text as Python's own `json` reads it, several times faster where that is exact: floats, integers beyond 64
/// bits and lone surrogates are left to `json`.
///
/// Nothing that it returns is nested so deep that Python's `repr`, `==`, `pickle` or `json` would fail at it: what is
/// nested deeper stays the text it is, in an object member by member.
///
/// # Errors
/// If the text is not JSON.
pub fn json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    if let Some(value) = unless_deep(py, text)? {
        return Ok(value);
    }
    match text.parse::<Object>() {
        Ok(object) => object.into_bound_py_any(py),
        Err(_) => text.into_bound_py_any(py),
    }
}

/// [`json`], or nothing if it is nested too deep.
pub(super) fn unless_deep<'py>(py: Python<'py>, text: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(value) = read(text, Value(&Texts::plain(py))) {
        return Ok(Some(value));
    }
    if is_deep(text) {
        return Ok(None);
    }
    match loads(py, text) {
        // The calls of the program itself have left too little room.
        Err(error) if error.is_instance_of::<PyRecursionError>(py) => Ok(None),
        read => read.map(Some),
    }
}

/// Tells whether brackets are nested deeper than Python's own code handles well.
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

/// `copy.deepcopy` makes two calls for a level, and Python allows a thousand.
const MAX_DEPTH: u32 = 250;

/// Reads any JSON value that is exact in Rust.
#[derive(Clone, Copy)]
struct Value<'a, 'py>(&'a Texts<'py>);

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
        while let Some(name) = map.next_key_seed(Name(self.0))? {
            let value = map.next_value_seed(self)?;
            dict.set_item(name, value).map_err(A::Error::custom)?;
        }
        Ok(dict.into_any())
    }
}

/// Reads the name of a member.
struct Name<'a, 'py>(&'a Texts<'py>);

impl<'de, 'py> DeserializeSeed<'de> for Name<'_, 'py> {
    type Value = Bound<'py, PyString>;

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_str(self)
    }
}

impl<'py> Visitor<'_> for Name<'_, 'py> {
    type Value = Bound<'py, PyString>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        // So spells serde_json a number when some crate of the build wants all of its digits.
        if name.starts_with("$serde_json::private::") {
            return Err(E::custom("not exact"));
        }
        Ok(self.0.of(name))
    }
}

/// An answer, or a part of one, that became Python's while it was read.
pub struct Seen<T>(Py<PyAny>, PhantomData<fn() -> T>);

impl<T> From<Bound<'_, PyAny>> for Seen<T> {
    fn from(object: Bound<'_, PyAny>) -> Self {
        Self(object.unbind(), PhantomData)
    }
}

impl<T> fmt::Debug for Seen<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seen")
    }
}

impl<T: Pythonic> Decode for Seen<T> {
    fn decode<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Self>, D::Error> {
        Python::attach(|py| Ok(T::read(&Texts::plain(py), json)?.map(Self::from)))
    }

    fn decode_items<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Vec<Self>, A::Error> {
        Python::attach(|py| {
            let (texts, mut items) = (Texts::remembering(py), Vec::new());
            while let Some(item) = list.next_element_seed(Reads::<T>(&texts, PhantomData))? {
                items.extend(item.map(Self::from));
            }
            Ok(items)
        })
    }
}

impl<T: Described> Described for Seen<T> {
    const KIND: Kind = T::KIND;
}

/// As `json.dumps(answer.to_dict())` has it.
impl<T> serde::Serialize for Seen<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error as _;
        let json =
            Python::attach(|py| crate::bindings::pyo3::plain(self.0.bind(py).clone())?.extract::<Json>());
        json.map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// A single answer is read as Rust reads it: some look for their fields under several names.
impl<T: Modelled> Answer for Seen<T> {
    fn accepts(status: u16) -> bool {
        T::accepts(status)
    }

    fn read(status: u16, body: &[u8]) -> Result<Self, Unreadable> {
        let answer = <T as Answer>::read(status, body)?;
        let given = Python::attach(|py| answer.give(py));
        Ok(Self(given.map_err(|_| NO_FORM)?, PhantomData))
    }
}

/// A value that Python cannot hold, because it is out of memory.
const NO_FORM: Unreadable = Unreadable::Shape { expected: "JSON that Python has memory for" };

/// What answers a call, in Python.
pub trait InPython {
    /// How it is read.
    type Answer: Answer + Into<Replied>;
}

impl<T: Modelled> InPython for T {
    type Answer = Seen<T>;
}

impl<T: Modelled> InPython for Page<T> {
    type Answer = Page<Seen<T>>;
}

impl<T: Modelled> InPython for Vec<T> {
    type Answer = Vec<Seen<T>>;
}

/// An answer that was read: what becomes of it in Python.
#[derive(Debug)]
pub enum Replied {
    /// An object, as it is.
    Object(Py<PyAny>),
    /// A list of objects.
    List(Vec<Py<PyAny>>),
    /// One page of a list.
    Page(Page<Py<PyAny>>),
}

impl<T> From<Seen<T>> for Replied {
    fn from(seen: Seen<T>) -> Self {
        Self::Object(seen.0)
    }
}

impl<T> From<Vec<Seen<T>>> for Replied {
    fn from(seen: Vec<Seen<T>>) -> Self {
        Self::List(seen.into_iter().map(|item| item.0).collect())
    }
}

impl<T> From<Page<Seen<T>>> for Replied {
    fn from(page: Page<Seen<T>>) -> Self {
        let Page { data, current_page, last_page, per_page, total, next_page_url, extra } = page;
        let data = data.into_iter().map(|item| item.0).collect();
        Self::Page(Page { data, current_page, last_page, per_page, total, next_page_url, extra })
    }
}

impl Replied {
    /// The object that Python is given.
    ///
    /// # Errors
    /// As [`Pythonic::give`].
    pub fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self {
            Self::Object(object) => Ok(object),
            Self::List(items) => PyList::new(py, items)?.into_py_any(py),
            Self::Page(page) => PageClass {
                data: PyList::new(py, page.data)?.into_py_any(py)?,
                current_page: page.current_page.give(py)?,
                last_page: page.last_page.give(py)?,
                per_page: page.per_page.give(py)?,
                total: page.total.give(py)?,
                next_page_url: page.next_page_url.give(py)?,
                extra: page.extra.give(py)?,
            }
            .into_py_any(py),
        }
    }
}

/// One page of a list.
#[pyclass(frozen, get_all, name = "Page", module = "hudhud")]
#[derive(Debug)]
pub struct PageClass {
    /// The items.
    data: Py<PyAny>,
    /// The number of this page, from 1.
    current_page: Py<PyAny>,
    /// The number of the last page (inferred).
    last_page: Py<PyAny>,
    /// How many items a full page has.
    per_page: Py<PyAny>,
    /// How many items there are on all pages.
    total: Py<PyAny>,
    /// The address of the next page (inferred). It is only a sign that there is one: it is never followed.
    next_page_url: Py<PyAny>,
    /// What the vendor sent beside the fields above, verbatim.
    extra: Py<PyAny>,
}

const PAGE: &[Field] = &[
    ("data", false),
    ("current_page", false),
    ("last_page", false),
    ("per_page", false),
    ("total", false),
    ("next_page_url", true),
    ("extra", true),
];

#[pymethods]
impl PageClass {
    #[new]
    #[pyo3(
        signature = (
            *, data = Argument::nothing(), current_page = Argument::nothing(), last_page = Argument::nothing(),
            per_page = Argument::nothing(), total = Argument::nothing(), next_page_url = Argument::nothing(),
            extra = Argument::nothing()
        ),
        text_signature = "(*, data=None, current_page=None, last_page=None, per_page=None, total=None, \
                          next_page_url=None, extra=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "as many as it has fields")]
    fn __new__(
        py: Python<'_>,
        data: Argument<'_>,
        current_page: Argument<'_>,
        last_page: Argument<'_>,
        per_page: Argument<'_>,
        total: Argument<'_>,
        next_page_url: Argument<'_>,
        extra: Argument<'_>,
    ) -> PyResult<Self> {
        let data = data.read_or_default::<Option<Py<PyList>>>("data")?;
        Ok(Self {
            data: data.unwrap_or_else(|| PyList::empty(py).unbind()).into_any(),
            current_page: current_page.accept::<Option<u64>>(py, "current_page")?,
            last_page: last_page.accept::<Option<u64>>(py, "last_page")?,
            per_page: per_page.accept::<Option<u64>>(py, "per_page")?,
            total: total.accept::<Option<u64>>(py, "total")?,
            next_page_url: next_page_url.accept::<Option<String>>(py, "next_page_url")?,
            extra: match extra.accept_given::<Option<Object>>("extra")? {
                Some(extra) if !extra.is_none(py) => extra,
                _ => Object::nothing(py)?.unbind(),
            },
        })
    }

    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        crate::bindings::pyo3::match_args(py, PAGE)
    }

    /// `Page[Contact]`, for type hints.
    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        class.py().import("types")?.getattr("GenericAlias")?.call1((class, item))
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.data.bind(py).try_iter()
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, Self>) -> PyResult<bool> {
        crate::bindings::pyo3::equal(slf.as_any(), other.as_any(), PAGE)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        crate::bindings::pyo3::repr(slf.as_any(), PAGE)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        crate::bindings::pyo3::reduce(slf.as_any(), PAGE)
    }

    /// The page as what JSON knows, under the vendor's names.
    fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        crate::bindings::pyo3::to_dict(slf.as_any(), PAGE)
    }
}
