//! The result of a handler: a response, or the reason for a refusal.

use serde_json::{Value, json};

use super::errors::Errors;
use super::limits::Exceeded;
use crate::config::{Config, Quirk};

/// A status, headers and a body.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
}

/// A body, by the transformations that apply before it is written.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Nothing,
    /// Written unchanged.
    Plain(Value),
    /// One resource. It has no wrapper where the vendor's page shows none.
    Resource(Value),
    /// A page of a list in Laravel's paginator format.
    Page(Value),
    /// Sums and averages.
    Figures(Value),
    Text(String),
}

/// The reason why a call was refused.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    CredentialsMissing,
    InvalidCredentials,
    KeyInactive,
    Unauthenticated,
    InsufficientAbility(&'static str),
    Forbidden,
    NotFound,
    Validation(Errors),
    InvalidIdempotencyKey,
    OverLimit(Exceeded, u64),
    /// The body does not match its content type.
    Malformed,
    Unavailable(&'static str),
    ServerError,
}

/// The result of a handler.
pub(crate) type Outcome = Result<Answer, Refusal>;

impl Answer {
    pub(crate) fn new(status: u16, body: Body) -> Self {
        Self { status, content_type: "application/json", headers: Vec::new(), body }
    }

    pub(crate) fn plain(value: Value) -> Outcome {
        Ok(Self::new(200, Body::Plain(value)))
    }

    pub(crate) fn resource(value: Value) -> Outcome {
        Ok(Self::new(200, Body::Resource(value)))
    }

    pub(crate) fn created(value: Value) -> Outcome {
        Ok(Self::new(201, Body::Resource(value)))
    }

    pub(crate) fn figures(value: Value) -> Outcome {
        Ok(Self::new(200, Body::Figures(value)))
    }

    /// Returns Laravel's usual `message`, the response to a deletion.
    pub(crate) fn deleted(config: &Config, what: &str) -> Outcome {
        if config.has(Quirk::NoContent) {
            return Ok(Self::new(204, Body::Nothing));
        }
        Self::plain(json!({ "message": format!("{what} deleted.") }))
    }

    pub(crate) fn html(status: u16, body: String) -> Self {
        Self { content_type: "text/html; charset=utf-8", ..Self::new(status, Body::Text(body)) }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// Returns the final body, with the transformations of the active quirks.
    pub(crate) fn into_text(self, config: &Config) -> String {
        let mut value = match self.body {
            Body::Nothing => return String::new(),
            Body::Text(text) => return text,
            Body::Plain(value) => value,
            Body::Resource(value) if config.has(Quirk::WrapData) => json!({ "data": value }),
            Body::Page(value) if config.has(Quirk::MetaLists) => as_meta_list(value),
            Body::Resource(value) | Body::Page(value) => value,
            Body::Figures(mut value) => {
                if config.has(Quirk::NumbersAsText) {
                    numbers_to_text(&mut value);
                }
                value
            }
        };
        if config.has(Quirk::EmptyMapsAsLists) {
            empty_maps_to_lists(&mut value);
        }
        value.to_string()
    }
}

/// Converts Laravel's paginator format to its resource collection format.
fn as_meta_list(mut page: Value) -> Value {
    let Some(fields) = page.as_object_mut() else { return page };
    let data = fields.remove("data").unwrap_or_default();
    let mut links = serde_json::Map::new();
    for (name, key) in [
        ("first", "first_page_url"),
        ("last", "last_page_url"),
        ("prev", "prev_page_url"),
        ("next", "next_page_url"),
    ] {
        links.insert(name.to_owned(), fields.remove(key).unwrap_or_default());
    }
    json!({ "data": data, "links": links, "meta": page })
}

fn numbers_to_text(value: &mut Value) {
    match value {
        Value::Number(number) => *value = Value::String(number.to_string()),
        Value::Array(items) => items.iter_mut().for_each(numbers_to_text),
        Value::Object(fields) => fields.values_mut().for_each(numbers_to_text),
        _ => {}
    }
}

fn empty_maps_to_lists(value: &mut Value) {
    match value {
        Value::Object(fields) if fields.is_empty() => *value = Value::Array(Vec::new()),
        Value::Object(fields) => fields.values_mut().for_each(empty_maps_to_lists),
        Value::Array(items) => items.iter_mut().for_each(empty_maps_to_lists),
        _ => {}
    }
}
