//! The class of pages.

use hudhud::Object;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList, PyTuple, PyType};

use crate::declared::argument::Argument;
use crate::declared::dunder::{Field, Reduced};
use crate::declared::field::PyField;

/// One page of a list.
#[pyclass(frozen, get_all, name = "Page", module = "hudhud")]
pub(crate) struct PageClass {
    /// The items.
    pub(super) data: Py<PyAny>,
    /// The number of this page, counted from 1.
    pub(super) current_page: Py<PyAny>,
    /// The number of the last page (inferred).
    pub(super) last_page: Py<PyAny>,
    /// The number of items of a full page.
    pub(super) per_page: Py<PyAny>,
    /// The number of items on all pages.
    pub(super) total: Py<PyAny>,
    /// The URL of the next page (inferred). It shows that a next page exists, and is never requested.
    pub(super) next_page_url: Py<PyAny>,
    /// Members of the response that have no field above, verbatim.
    pub(super) extra: Py<PyAny>,
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
            *, data = Argument::default_value(), current_page = Argument::default_value(), last_page = Argument::default_value(),
            per_page = Argument::default_value(), total = Argument::default_value(), next_page_url = Argument::default_value(),
            extra = Argument::default_value()
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
                _ => Object::default_value(py)?.unbind(),
            },
        })
    }

    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        crate::declared::dunder::match_args(py, PAGE)
    }

    /// Returns the class, so that type hints can say `Page[Contact]`.
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
        crate::declared::dunder::equal(slf.as_any(), other.as_any(), PAGE)
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.data.bind(py).len()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, at: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.data.bind(py).get_item(at)
    }

    /// A page is true even if it is empty: `if page` must not depend on the number of items.
    fn __bool__(&self) -> bool {
        true
    }

    /// Returns `<Page 1 of 100, 50 of 4994 items>`. Numbers that the vendor did not state are left out.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let number = |value: &Py<PyAny>| value.extract::<u64>(py).ok();
        let of = |value: &Py<PyAny>| number(value).map_or_else(String::new, |number| format!(" of {number}"));
        let page = number(&self.current_page).map_or_else(String::new, |page| format!(" {page}"));
        let count = self.__len__(py)?;
        Ok(format!("<Page{page}{}, {count}{} items>", of(&self.last_page), of(&self.total)))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        crate::declared::dunder::reduce(slf.as_any(), PAGE)
    }

    /// Converts the page to a dict of JSON values, under the vendor's names.
    fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        crate::declared::dunder::to_dict(slf.as_any(), PAGE)
    }
}
