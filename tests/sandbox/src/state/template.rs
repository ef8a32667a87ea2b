//! Message templates and their `{{ name }}` placeholders.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::contact::Contact;
use super::store::Record;
use crate::clock::SimTime;

/// A name between double braces, with optional whitespace around it. An empty pair is plain text.
static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{\s*([^{}\s](?:[^{}]*[^{}\s])?)\s*\}\}").expect("a valid pattern"));

/// A reusable message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Template {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) channel: String,
    pub(crate) content: String,
    pub(crate) media_url: Option<String>,
    pub(crate) buttons: Vec<Value>,
    pub(crate) variables: Vec<String>,
    pub(crate) created_at: SimTime,
}

impl Record for Template {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Template {
    pub(crate) fn view(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "channel": self.channel,
            "content": self.content,
            "media_url": self.media_url,
            "buttons": self.buttons,
            "variables": self.variables,
            "created_at": self.created_at.to_string(),
        })
    }
}

/// Returns the names of the placeholders in `content` without duplicates, in order of first appearance.
pub(crate) fn variables_in(content: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for found in PLACEHOLDER.captures_iter(content) {
        if !names.iter().any(|name| *name == found[1]) {
            names.push(found[1].to_owned());
        }
    }
    names
}

/// Replaces each placeholder in `content` for which `value_of` returns a value. Others stay unchanged, so that a
/// person who reads the message notices the missing value.
pub(crate) fn fill(content: &str, value_of: impl Fn(&str) -> Option<String>) -> String {
    PLACEHOLDER
        .replace_all(content, |found: &Captures<'_>| {
            value_of(&found[1]).unwrap_or_else(|| found[0].to_owned())
        })
        .into_owned()
}

/// Returns the value of a contact: `name`, `phone`, or any custom field by its key.
pub(crate) fn value_of_contact(contact: &Contact, name: &str) -> Option<String> {
    match name {
        "name" => Some(contact.name.clone()),
        "phone" => Some(contact.phone_number.clone()),
        _ => value_in(&contact.custom_fields, name),
    }
}

/// Returns the value of `name` as text, if it is present and not null.
pub(crate) fn value_in(values: &Map<String, Value>, name: &str) -> Option<String> {
    match values.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholder_names_are_in_order_of_first_appearance() {
        let content = "Hi {{ name }}! Your order #{{order_id}} is confirmed. {{ name }}, {{ ship date }}. {{}} {{ }} {{x";
        assert_eq!(variables_in(content), ["name", "order_id", "ship date"]);
    }

    #[test]
    fn placeholders_are_filled_in_one_pass_and_unknown_ones_kept() {
        let values = json!({ "name": "{{ other }}", "other": "no", "n": 5 });
        let values = values.as_object().unwrap();
        let filled = fill("{{name}} {{ n }} {{ missing }} {{مدينة}}", |name| value_in(values, name));
        assert_eq!(filled, "{{ other }} 5 {{ missing }} {{مدينة}}");
    }
}
