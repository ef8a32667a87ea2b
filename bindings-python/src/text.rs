//! Message templates and phone numbers.

use hudhud::host_support::refuse_halves;
use hudhud::zagely::Contact;
use hudhud::{Json, Object, Phone};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::argument;
use crate::declared::FromPython;
use crate::error::{api_error, missing, no_phone};

/// A message template. A variable `{{ name }}` is replaced by its value.
#[pyclass(frozen, module = "hudhud")]
#[derive(Debug)]
pub(crate) struct Template(hudhud::Template);

#[pymethods]
impl Template {
    #[new]
    fn __new__(#[pyo3(from_py_with = argument::source)] source: &str) -> Self {
        Self(hudhud::Template::parse(source))
    }

    /// The names of the variables, each once, in order of first appearance.
    #[getter]
    fn variables<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.variables())
    }

    /// Replaces the variables by the values of a mapping or a contact. `missing` decides about variables without a
    /// value: `"error"` raises an error that names all of them, `"keep"` leaves them unchanged, `"empty"` removes them.
    #[pyo3(signature = (values = None, *, missing = "error"))]
    fn render(
        &self,
        py: Python<'_>,
        values: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = argument::missing)] missing: &str,
    ) -> PyResult<String> {
        let missing = argument::named("missing", || argument::chosen(missing))?;
        let names = self.0.variables();
        let rendered = match values {
            None => self.0.render(&Object::new(), missing),
            Some(values) => match values.getattr_opt("to_dict")? {
                Some(to_dict) => self.0.render(&contact(&to_dict.call0()?, &names)?, missing),
                None => self.0.render(&mapping(values, &names)?, missing),
            },
        };
        rendered.map_err(|error| crate::text::missing(py, &error))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

fn mapping(values: &Bound<'_, PyAny>, names: &[&str]) -> PyResult<Object> {
    match values.cast::<PyDict>() {
        Ok(dict) => needed(dict, names),
        Err(_) => {
            let dict = values.py().get_type::<PyDict>().call1((values,)).map_err(|_| no_values())?;
            needed(dict.cast()?, names)
        }
    }
}

fn contact(fields: &Bound<'_, PyAny>, names: &[&str]) -> PyResult<Contact> {
    let fields = fields.cast::<PyDict>().map_err(|_| no_values())?;
    let field = |name| Ok::<_, PyErr>(fields.get_item(name)?.and_then(|value| value.extract().ok()));
    let mut contact = Contact::default();
    (contact.name, contact.phone_number) = (field("name")?, field("phone_number")?);
    if let Some(Ok(custom)) = fields.get_item("custom_fields")?.as_ref().map(Bound::cast::<PyDict>) {
        contact.custom_fields = needed(custom, names)?;
    }
    Ok(contact)
}

/// Returns the values of a dict that a template uses. An infinite number cannot be sent, so it counts as missing.
fn needed(values: &Bound<'_, PyDict>, names: &[&str]) -> PyResult<Object> {
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        let Some(value) = values.get_item(name)? else { continue };
        match Json::from_python(value.as_borrowed()) {
            Ok(json) => {
                refuse_halves(json.as_str(), name).map_err(|error| api_error(values.py(), &error))?;
                found.push((*name, json));
            }
            Err(error) if error.is_instance_of::<PyTypeError>(values.py()) => return Err(error),
            Err(_) => {}
        }
    }
    Ok(found.into_iter().collect())
}

fn no_values() -> PyErr {
    PyTypeError::new_err(
        "argument 'values': expected a mapping of names to strings and numbers, or a contact",
    )
}

/// Converts a phone number, as people write it, to E.164: `+` and digits. The country code is never guessed. Raises a
/// `PhoneError` if the text is not a phone number in this form.
#[pyfunction]
pub(crate) fn parse_phone(
    py: Python<'_>,
    #[pyo3(from_py_with = argument::text)] text: Bound<'_, PyString>,
) -> PyResult<String> {
    // A lone surrogate, which an output may contain, becomes a replacement character. It is not a digit either.
    Phone::parse(&text.to_string_lossy()).map(String::from).map_err(|error| no_phone(py, error))
}
