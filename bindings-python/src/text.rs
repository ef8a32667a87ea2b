//! Texts and numbers made ready here: templates, and phone numbers.

use hudhud::zagely::Contact;
use hudhud::{Json, Missing, Object, Phone};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::error::{missing, no_phone};

/// A message template: `{{ name }}` becomes a value.
#[pyclass(frozen, module = "hudhud")]
#[derive(Debug)]
pub(crate) struct Template(hudhud::Template);

#[pymethods]
impl Template {
    #[new]
    fn __new__(source: &str) -> Self {
        Self(hudhud::Template::parse(source))
    }

    /// The names of the variables, each once, in order of first appearance.
    #[getter]
    fn variables<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.variables())
    }

    /// Fills in the values: a mapping's, or a contact's. What has none is an error that names every one of them, stays
    /// as it is (`missing="keep"`), or becomes nothing (`missing="empty"`).
    #[pyo3(signature = (values = None, *, missing = "error"))]
    fn render(&self, py: Python<'_>, values: Option<&Bound<'_, PyAny>>, missing: &str) -> PyResult<String> {
        let missing = match missing {
            "error" => Missing::Error,
            "keep" => Missing::Keep,
            "empty" => Missing::Empty,
            _ => return Err(PyValueError::new_err("missing must be 'error', 'keep' or 'empty'")),
        };
        let rendered = match values {
            None => self.0.render(&Object::new(), missing),
            Some(values) => match values.getattr_opt("to_dict")? {
                Some(to_dict) => self.0.render(&contact(&to_dict.call0()?)?, missing),
                None => self.0.render(&mapping(values)?, missing),
            },
        };
        rendered.map_err(|error| crate::text::missing(py, &error))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

fn mapping(values: &Bound<'_, PyAny>) -> PyResult<Object> {
    let wrong =
        |_| PyTypeError::new_err("values must be a mapping of names to texts and numbers, or a contact");
    match values.cast::<PyDict>() {
        Ok(dict) => dict.extract(),
        Err(_) => values.py().get_type::<PyDict>().call1((values,)).map_err(wrong)?.extract(),
    }
}

fn contact(fields: &Bound<'_, PyAny>) -> PyResult<Contact> {
    let json: Json = fields.extract()?;
    json.read().map_err(|_| PyTypeError::new_err("values must be a mapping, or a contact"))
}

/// A phone number as people write it, in E.164: `+` and digits. A country is never guessed.
#[pyfunction]
pub(crate) fn parse_phone(py: Python<'_>, text: &str) -> PyResult<String> {
    Phone::parse(text).map(String::from).map_err(|error| no_phone(py, error))
}
