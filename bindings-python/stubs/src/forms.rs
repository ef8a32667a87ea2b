//! The forms of a call whose required arguments depend on the value of another argument, such as a message with a text or
//! with a file. Each form is an overload.

use hudhud::endpoint::EndpointSpec;
use hudhud::schema::{Field, Requirement, Type};

/// One form of a call: the values of the arguments on which others depend, and the arguments that are then required.
#[derive(Clone, Default)]
pub(crate) struct Form {
    /// For each such argument its values, and true if it may be left out.
    pub(crate) values: Vec<(&'static str, Vec<&'static str>, bool)>,
    /// The arguments that are required only in this form.
    pub(crate) required: Vec<&'static str>,
}

/// Returns the forms of a call: one for each combination of required arguments.
pub(crate) fn forms(spec: &EndpointSpec) -> Vec<Form> {
    let fields = spec.input.fields;
    let mut forms = vec![Form::default()];
    let mut decided: Vec<&str> = Vec::new();
    for field in fields {
        let Some(condition) = field.condition else { continue };
        match condition {
            // Each of the two makes a form.
            Requirement::Without(other) if !decided.contains(other) => {
                decided.push(field.name);
                forms = combined(
                    &forms,
                    &[field.name, *other].map(|name| Form { required: vec![name], values: vec![] }),
                );
            }
            Requirement::If(other, _) | Requirement::Unless(other, _) if !decided.contains(other) => {
                decided.push(other);
                if let Some(other) = fields.iter().find(|field| field.name == *other) {
                    forms = combined(&forms, &forms_of(other, fields));
                }
            }
            _ => {}
        }
    }
    forms
}

fn combined(forms: &[Form], others: &[Form]) -> Vec<Form> {
    let pair = |form: &Form, other: &Form| Form {
        values: [&form.values[..], &other.values[..]].concat(),
        required: [&form.required[..], &other.required[..]].concat(),
    };
    others.iter().flat_map(|other| forms.iter().map(move |form| pair(form, other))).collect()
}

/// Returns the forms that the values of an argument make. Values with the same required arguments share a form.
fn forms_of(decides: &'static Field, fields: &'static [Field]) -> Vec<Form> {
    let (Type::Enum(open) | Type::Nullable(Type::Enum(open))) = &decides.kind else { return Vec::new() };
    let default_value = decides.sent_default.or(decides.vendor_default);
    let required_with = |value: Option<&str>| -> Vec<&'static str> {
        // The settings of the client can supply a session.
        let is_supplied = |field: &Field| match field.session {
            Some(Requirement::If(name, values)) => {
                *name == decides.name && value.is_some_and(|value| values.contains(&value))
            }
            _ => false,
        };
        let is_required = |field: &&Field| match field.condition {
            _ if is_supplied(field) => false,
            Some(Requirement::If(name, values)) => {
                *name == decides.name && value.is_some_and(|value| values.contains(&value))
            }
            Some(Requirement::Unless(name, values)) => {
                *name == decides.name && value.is_none_or(|value| !values.contains(&value))
            }
            _ => false,
        };
        fields.iter().filter(is_required).map(|field| field.name).collect()
    };
    let absent = (!decides.required).then(|| required_with(default_value));
    let mut forms: Vec<Form> = Vec::new();
    for (value, _) in open.values {
        let required = required_with(Some(value));
        let is_absent = absent.as_ref() == Some(&required);
        match forms.iter_mut().find(|form| form.required == required) {
            Some(form) => form.values[0].1.push(value),
            None => forms.push(Form { values: vec![(decides.name, vec![value], is_absent)], required }),
        }
    }
    forms
}
