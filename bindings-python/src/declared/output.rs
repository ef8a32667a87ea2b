//! Decoding of a whole output into Python objects.

use std::fmt;
use std::marker::PhantomData;

use hudhud::endpoint::{Endpoint, EndpointSpec};
use hudhud::host_support::{Decode, read_as_json};
use hudhud::schema::{HasSchema, Type};
use hudhud::{DecodeError, Json, Output, Page, ResponseDecoder};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyList;
use serde::de::{Deserializer, SeqAccess};

use crate::declared::dunder::plain;
use crate::declared::field::{PyField, PyModel, Reads};
use crate::declared::interner::StringInterner;
use crate::declared::page::PageClass;
use crate::declared::{FromPython, ToPython};

/// An output, or a part of one, that was decoded into a Python object.
pub(crate) struct PyDecoded<T>(Py<PyAny>, PhantomData<fn() -> T>);

impl<T> From<Bound<'_, PyAny>> for PyDecoded<T> {
    fn from(object: Bound<'_, PyAny>) -> Self {
        Self(object.unbind(), PhantomData)
    }
}

impl<T> fmt::Debug for PyDecoded<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PyDecoded")
    }
}

impl<T: PyField> Decode for PyDecoded<T> {
    fn decode<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Self>, D::Error> {
        Python::attach(|py| Ok(T::read(&StringInterner::plain(py), json)?.map(Self::from)))
    }

    fn decode_items<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Vec<Self>, A::Error> {
        Python::attach(|py| {
            let (texts, mut items) = (StringInterner::remembering(py), Vec::new());
            while let Some(item) = list.next_element_seed(Reads::<T>(&texts, PhantomData))? {
                items.extend(item.map(Self::from));
            }
            Ok(items)
        })
    }
}

impl<T: HasSchema> HasSchema for PyDecoded<T> {
    const TYPE: Type = T::TYPE;
}

/// Serialises like `json.dumps(output.to_dict())`.
impl<T> serde::Serialize for PyDecoded<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error as _;
        let json = Python::attach(|py| Json::from_python(plain(self.0.bind(py).clone())?.as_borrowed()));
        json.map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// Decodes a single output first into its Rust type, because some types accept several names for a field.
impl<T: PyModel> Output for PyDecoded<T> {
    fn accepts(status: u16) -> bool {
        T::accepts(status)
    }

    fn read(status: u16, body: &[u8]) -> Result<Self, DecodeError> {
        let output = <T as Output>::read(status, body)?;
        let given = Python::attach(|py| output.to_python(py));
        Ok(Self(given.map_err(|_| NO_FORM)?, PhantomData))
    }
}

/// The error for a value that Python has no memory for.
const NO_FORM: DecodeError = DecodeError::Shape {
    expected: "small enough for Python's memory: free memory, or request smaller pages",
};

/// A type of output that can be decoded into Python objects.
pub(crate) trait HasPyOutput {
    /// The decoded form.
    type Output: Output + Into<PyOutput>;
}

impl<T: PyModel> HasPyOutput for T {
    type Output = PyDecoded<T>;
}

impl<T: PyModel> HasPyOutput for Page<T> {
    type Output = Page<PyDecoded<T>>;
}

impl<T: PyModel> HasPyOutput for Vec<T> {
    type Output = Vec<PyDecoded<T>>;
}

/// Returns the decoder of a call whose output becomes a Python object.
#[must_use]
pub(crate) const fn decoder<E: Endpoint<Output: HasPyOutput>>() -> ResponseDecoder<PyOutput> {
    ResponseDecoder::reading::<E>(|_, status, body| {
        <E::Output as HasPyOutput>::Output::read(status, body).map(Into::into)
    })
}

/// Decodes the body of a call that the catalog lacks to an object of any type.
pub(crate) fn read_any(
    spec: &'static EndpointSpec,
    status: u16,
    body: &[u8],
) -> Result<PyOutput, DecodeError> {
    let json = read_as_json(spec, status, body)?;
    let shape = |_| DecodeError::Shape { expected: "JSON that Python can hold" };
    Python::attach(|py| json.to_python(py).map(PyOutput::Object).map_err(shape))
}

/// A decoded output, before its conversion to the final Python object.
#[derive(Debug)]
pub(crate) enum PyOutput {
    /// An object that needs no conversion.
    Object(Py<PyAny>),
    /// A list of objects.
    List(Vec<Py<PyAny>>),
    /// One page of a list.
    Page(Page<Py<PyAny>>),
}

impl<T> From<PyDecoded<T>> for PyOutput {
    fn from(decoded: PyDecoded<T>) -> Self {
        Self::Object(decoded.0)
    }
}

impl<T> From<Vec<PyDecoded<T>>> for PyOutput {
    fn from(decoded: Vec<PyDecoded<T>>) -> Self {
        Self::List(decoded.into_iter().map(|item| item.0).collect())
    }
}

impl<T> From<Page<PyDecoded<T>>> for PyOutput {
    fn from(page: Page<PyDecoded<T>>) -> Self {
        Self::Page(page.map(|item| item.0))
    }
}

impl PyOutput {
    /// Returns the Python object.
    ///
    /// # Errors
    /// Returns the errors of [`ToPython::to_python`].
    pub(crate) fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self {
            Self::Object(object) => Ok(object),
            Self::List(items) => PyList::new(py, items)?.into_py_any(py),
            Self::Page(page) => PageClass {
                data: PyList::new(py, page.data)?.into_py_any(py)?,
                current_page: page.current_page.to_python(py)?,
                last_page: page.last_page.to_python(py)?,
                per_page: page.per_page.to_python(py)?,
                total: page.total.to_python(py)?,
                next_page_url: page.next_page_url.to_python(py)?,
                extra: page.extra.to_python(py)?,
            }
            .into_py_any(py),
        }
    }
}
