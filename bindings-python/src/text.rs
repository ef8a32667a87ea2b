//! Message templates and phone numbers.

use hudhud::host_support::{redact_name, refuse_lone_surrogates};
use hudhud::zagely::Contact;
use hudhud::{Json, Object, Phone};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::argument;
use crate::declared::FromPython;
use crate::error::{api_error, missing, no_phone};
use crate::exception::wrong_type;

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
    /// Values can also be keyword arguments, which replace those of the mapping. A `date` is written as `2026-11-29`, a
    /// `datetime` as `2026-11-29 10:00:00+02:00`, a `time` as `10:00:00`, and a `Decimal` with its digits, as by `str`.
    #[pyo3(signature = (values = None, *, missing = "error", **variables))]
    fn render(
        &self,
        py: Python<'_>,
        values: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = argument::missing)] missing: &str,
        variables: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<String> {
        let missing = argument::named("missing", || argument::chosen(missing))?;
        let names = self.0.variables();
        let given = variables.map(|variables| needed(variables, &names)).transpose()?.unwrap_or_default();
        let rendered = match values {
            None => self.0.render(&given, missing),
            Some(values) => match values.getattr_opt("to_dict")? {
                Some(to_dict) => {
                    let mut contact = contact(&to_dict.call0()?, &names)?;
                    contact.custom_fields =
                        contact.custom_fields.iter().chain(given.iter()).map(owned).collect();
                    self.0.render(&contact, missing)
                }
                None => {
                    let values = mapping(values, &names)?;
                    self.0.render(&values.iter().chain(given.iter()).map(owned).collect::<Object>(), missing)
                }
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
                refuse_lone_surrogates(json.as_str(), name)
                    .map_err(|error| api_error(values.py(), &error))?;
                found.push((*name, json));
            }
            Err(error) if error.is_instance_of::<PyTypeError>(values.py()) => {
                let text = written(&value)?.ok_or_else(|| unknown_value(name, &value))?;
                found.push((*name, Json::write(&text).map_err(|_| unknown_value(name, &value))?));
            }
            Err(_) => {}
        }
    }
    Ok(found.into_iter().collect())
}

/// Returns the text of a date, a time or a `Decimal`.
fn written(value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    for (module, class) in [("datetime", "date"), ("datetime", "time"), ("decimal", "Decimal")] {
        if value.is_instance(&value.py().import(module)?.getattr(class)?)? {
            return Ok(Some(value.str()?.to_string()));
        }
    }
    Ok(None)
}

fn unknown_value(name: &str, value: &Bound<'_, PyAny>) -> PyErr {
    let given = value.get_type().name().map(|name| name.to_string()).unwrap_or_default();
    let shown = redact_name(name);
    wrong_type(format!(
        "argument 'values': {shown}: expected text, a number, a date, a time or a Decimal, not {given}"
    ))
}

fn owned<'a>((name, value): (&'a str, &'a Json)) -> (&'a str, Json) {
    (name, value.clone())
}

fn no_values() -> PyErr {
    wrong_type("argument 'values': expected a mapping of names to strings and numbers, or a contact")
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
