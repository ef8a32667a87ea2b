//! Decoding of a whole answer into Python objects.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyList;
use serde::de::{Deserializer, SeqAccess};

use crate::bindings::pyo3::field::{Modelled, Pythonic, Reads};
use crate::bindings::pyo3::interner::Texts;
use crate::bindings::pyo3::page::PageClass;
use crate::codec::error::Unreadable;
use crate::codec::output::page::Page;
use crate::codec::output::{Answer, Decode};
use crate::endpoint::Endpoint;
use crate::exchange::decode::ResponseDecoder;
use crate::schema::{Described, Kind};
use crate::types::json::Json;

/// An answer, or a part of one, that was decoded into a Python object.
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

/// Serialises like `json.dumps(answer.to_dict())`.
impl<T> serde::Serialize for Seen<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error as _;
        let json = Python::attach(|py| {
            crate::bindings::pyo3::dunder::plain(self.0.bind(py).clone())?.extract::<Json>()
        });
        json.map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// Decodes a single answer first into its Rust type, because some types accept several names for a field.
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

/// The error for a value that Python has no memory for.
const NO_FORM: Unreadable = Unreadable::Shape { expected: "JSON that Python has memory for" };

/// A type of answer that can be decoded into Python objects.
pub trait InPython {
    /// The decoded form.
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

/// Returns the decoder of a call whose answer becomes a Python object.
#[must_use]
pub const fn decoder<E: Endpoint<Answer: InPython>>() -> ResponseDecoder<Replied> {
    ResponseDecoder::reading::<E>(|_, status, body| {
        <E::Answer as InPython>::Answer::read(status, body).map(Into::into)
    })
}

/// A decoded answer, before its conversion to the final Python object.
#[derive(Debug)]
pub enum Replied {
    /// An object that needs no conversion.
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
        let Page { data, current_page, last_page, per_page, total, next_page_url, extra, signs } = page;
        let data = data.into_iter().map(|item| item.0).collect();
        Self::Page(Page { data, current_page, last_page, per_page, total, next_page_url, extra, signs })
    }
}

impl Replied {
    /// Returns the Python object.
    ///
    /// # Errors
    /// Returns the errors of [`Pythonic::give`].
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
