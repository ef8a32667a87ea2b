//! Validation with the framework's messages. All invalid fields are reported at once, each with its messages.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::answer::Refusal;
use super::errors::Errors;
use super::input::Input;
use crate::clock::SimTime;

/// Returns the refusal of a single field.
pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Refusal {
    Refusal::Validation(Errors::one(field, message))
}

/// A field that may be absent, null or a value. An update treats these three differently.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sent<T> {
    Absent,
    Null,
    Value(T),
}

impl<T> Sent<T> {
    pub(crate) fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Replaces a value that must not be empty. Null leaves it unchanged.
    pub(crate) fn replace(self, target: &mut T) {
        if let Self::Value(value) = self {
            *target = value;
        }
    }

    /// Replaces an optional value. Null removes it.
    pub(crate) fn replace_option(self, target: &mut Option<T>) {
        match self {
            Self::Absent => {}
            Self::Null => *target = None,
            Self::Value(value) => *target = Some(value),
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Sent<U> {
        match self {
            Self::Absent => Sent::Absent,
            Self::Null => Sent::Null,
            Self::Value(value) => Sent::Value(f(value)),
        }
    }
}

impl<T: Default> Sent<T> {
    /// Replaces a value for which null means its default.
    pub(crate) fn replace_or_empty(self, target: &mut T) {
        match self {
            Self::Absent => {}
            Self::Null => *target = T::default(),
            Self::Value(value) => *target = value,
        }
    }
}

/// The fields of one request, and the errors found in them.
pub(crate) struct Check<'a> {
    input: &'a Input,
    errors: Errors,
}

impl<'a> Check<'a> {
    pub(crate) fn new(input: &'a Input) -> Self {
        Self { input, errors: Errors::default() }
    }

    /// Returns a field. Dots in the name select a field inside another.
    pub(crate) fn field(&mut self, name: &'static str) -> Field<'a, '_> {
        let mut parts = name.split('.');
        let mut found = parts.next().and_then(|first| self.input.get(first));
        for part in parts {
            found = found.and_then(|value| value.get(part));
        }
        let sent = match found {
            None => Sent::Absent,
            Some(Value::Null) => Sent::Null,
            Some(value) => Sent::Value(value),
        };
        Field { check: self, name, sent }
    }

    pub(crate) fn fail(&mut self, field: &str, message: impl Into<String>) {
        self.errors.add(field, message.into());
    }

    /// Returns all errors, if any were found.
    pub(crate) fn done(self) -> Result<(), Refusal> {
        if self.errors.is_empty() { Ok(()) } else { Err(Refusal::Validation(self.errors)) }
    }
}

/// Returns a field's name as Laravel's messages write it.
fn display_name(name: &str) -> String {
    name.replace('_', " ")
}

/// A field that is being validated. The last step returns its value. A value that failed is returned as absent.
pub(crate) struct Field<'a, 'c> {
    check: &'c mut Check<'a>,
    name: &'static str,
    sent: Sent<&'a Value>,
}

impl<'a> Field<'a, '_> {
    /// Requires a value.
    pub(crate) fn required(mut self) -> Self {
        if self.is_empty() {
            let message = format!("The {} field is required.", display_name(self.name));
            self.reject(message);
        }
        self
    }

    /// For updates: allows an absent field, but not an empty one.
    pub(crate) fn filled(self) -> Self {
        if self.sent.is_absent() { self } else { self.required() }
    }

    /// Requires a value if `condition` is true. The message says that `other` is `value`.
    pub(crate) fn required_when(mut self, condition: bool, other: &str, value: &str) -> Self {
        if condition && self.is_empty() {
            let message = format!(
                "The {} field is required when {} is {value}.",
                display_name(self.name),
                display_name(other)
            );
            self.reject(message);
        }
        self
    }

    /// Requires a value if `condition` is true. The message says that `other` is not present.
    pub(crate) fn required_without(mut self, condition: bool, other: &str) -> Self {
        if condition && self.is_empty() {
            let message = format!(
                "The {} field is required when {} is not present.",
                display_name(self.name),
                display_name(other)
            );
            self.reject(message);
        }
        self
    }

    pub(crate) fn text(self) -> Sent<String> {
        self.text_up_to(usize::MAX)
    }

    /// Accepts text of at most `most` characters, as `mb_strlen` counts them.
    pub(crate) fn text_up_to(mut self, most: usize) -> Sent<String> {
        let Some(text) = self.as_text() else { return self.nothing() };
        if text.chars().count() > most {
            let message =
                format!("The {} field must not be greater than {most} characters.", display_name(self.name));
            return self.reject(message).nothing();
        }
        Sent::Value(text.to_owned())
    }

    /// Accepts one of the documented words.
    pub(crate) fn one_of(mut self, words: &[&'static str]) -> Sent<&'static str> {
        let Some(text) = self.as_text() else { return self.nothing() };
        match words.iter().find(|word| **word == text) {
            Some(word) => Sent::Value(word),
            None => self.reject_selected().nothing(),
        }
    }

    pub(crate) fn email(mut self) -> Sent<String> {
        let Some(text) = self.as_text() else { return self.nothing() };
        if !email_address::EmailAddress::is_valid(text) {
            let message = format!("The {} field must be a valid email address.", display_name(self.name));
            return self.reject(message).nothing();
        }
        Sent::Value(text.to_owned())
    }

    pub(crate) fn url(mut self) -> Sent<String> {
        let Some(text) = self.as_text() else { return self.nothing() };
        let is_web = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web {
            let message = format!("The {} field must be a valid URL.", display_name(self.name));
            return self.reject(message).nothing();
        }
        Sent::Value(text.to_owned())
    }

    pub(crate) fn uuid(mut self) -> Sent<Uuid> {
        let Some(text) = self.as_text() else { return self.nothing() };
        match parse_uuid(text) {
            Some(id) => Sent::Value(id),
            None => {
                let message = format!("The {} field must be a valid UUID.", display_name(self.name));
                self.reject(message).nothing()
            }
        }
    }

    /// Accepts the id of an existing record.
    pub(crate) fn id_of(mut self, exists: impl FnOnce(Uuid) -> bool) -> Sent<Uuid> {
        let Some(text) = self.as_text() else { return self.nothing() };
        match parse_uuid(text) {
            None => {
                let message = format!("The {} field must be a valid UUID.", display_name(self.name));
                self.reject(message).nothing()
            }
            Some(id) if exists(id) => Sent::Value(id),
            Some(_) => self.reject_selected().nothing(),
        }
    }

    /// Accepts what Laravel's `boolean` does: true, false, 1, 0, "1" and "0".
    pub(crate) fn boolean(mut self) -> Sent<bool> {
        let Sent::Value(value) = self.sent else { return self.nothing() };
        let is = match value {
            Value::Bool(is) => Some(*is),
            Value::Number(number) if number.as_u64() == Some(1) => Some(true),
            Value::Number(number) if number.as_u64() == Some(0) => Some(false),
            Value::String(text) if text == "1" => Some(true),
            Value::String(text) if text == "0" => Some(false),
            _ => None,
        };
        match is {
            Some(is) => Sent::Value(is),
            None => {
                let message = format!("The {} field must be true or false.", display_name(self.name));
                self.reject(message).nothing()
            }
        }
    }

    /// Accepts a boolean in a query. The vendor's page itself writes `true`.
    pub(crate) fn query_boolean(self) -> Sent<bool> {
        match self.sent {
            Sent::Value(Value::String(text)) if text == "true" => Sent::Value(true),
            Sent::Value(Value::String(text)) if text == "false" => Sent::Value(false),
            _ => self.boolean(),
        }
    }

    /// Accepts an integer between two bounds, also as text.
    pub(crate) fn integer(mut self, least: i64, most: i64) -> Sent<i64> {
        let Sent::Value(value) = self.sent else { return self.nothing() };
        let number = match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        let message = match number {
            None => format!("The {} field must be an integer.", display_name(self.name)),
            Some(number) if number < least => {
                format!("The {} field must be at least {least}.", display_name(self.name))
            }
            Some(number) if number > most => {
                format!("The {} field must not be greater than {most}.", display_name(self.name))
            }
            Some(number) => return Sent::Value(number),
        };
        self.reject(message).nothing()
    }

    /// Accepts a day, `YYYY-MM-DD`.
    pub(crate) fn date(mut self) -> Sent<Date> {
        let Some(text) = self.as_text() else { return self.nothing() };
        let is_shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        match text.parse::<Date>().ok().filter(|_| is_shaped) {
            Some(date) => Sent::Value(date),
            None => {
                let message = format!("The {} field must match the format Y-m-d.", display_name(self.name));
                self.reject(message).nothing()
            }
        }
    }

    /// Accepts a moment after `now`.
    pub(crate) fn future(mut self, now: SimTime) -> Sent<SimTime> {
        let Some(text) = self.as_text() else { return self.nothing() };
        let message = match SimTime::parse(text) {
            None => format!("The {} field must be a valid date.", display_name(self.name)),
            Some(moment) if moment <= now => {
                format!("The {} field must be a date after now.", display_name(self.name))
            }
            Some(moment) => return Sent::Value(moment),
        };
        self.reject(message).nothing()
    }

    pub(crate) fn array(mut self) -> Sent<Vec<Value>> {
        match self.as_list() {
            Some(items) => Sent::Value(items.to_vec()),
            None => self.nothing(),
        }
    }

    /// Accepts a list of texts. Duplicates are dropped.
    pub(crate) fn texts(mut self) -> Sent<Vec<String>> {
        let Some(items) = self.as_list() else { return self.nothing() };
        let mut texts: Vec<String> = Vec::new();
        for (place, item) in items.iter().enumerate() {
            match item {
                Value::String(text) if texts.contains(text) => {}
                Value::String(text) => texts.push(text.clone()),
                _ => {
                    let field = format!("{}.{place}", self.name);
                    self.check.fail(&field, format!("The {} field must be a string.", display_name(&field)));
                }
            }
        }
        Sent::Value(texts)
    }

    /// Accepts a list of documented words.
    pub(crate) fn all_of(mut self, words: &[&str]) -> Sent<Vec<String>> {
        let Some(items) = self.as_list() else { return self.nothing() };
        let mut chosen = Vec::new();
        for (place, item) in items.iter().enumerate() {
            match item.as_str().filter(|text| words.contains(text)) {
                Some(text) => chosen.push(text.to_owned()),
                None => {
                    let field = format!("{}.{place}", self.name);
                    self.check.fail(&field, format!("The selected {} is invalid.", display_name(&field)));
                }
            }
        }
        Sent::Value(chosen)
    }

    /// Accepts a list of UUIDs.
    pub(crate) fn uuids(mut self) -> Sent<Vec<Uuid>> {
        let Some(items) = self.as_list() else { return self.nothing() };
        let mut ids = BTreeSet::new();
        for (place, item) in items.iter().enumerate() {
            match item.as_str().and_then(parse_uuid) {
                Some(id) => drop(ids.insert(id)),
                None => {
                    let field = format!("{}.{place}", self.name);
                    self.check
                        .fail(&field, format!("The {} field must be a valid UUID.", display_name(&field)));
                }
            }
        }
        Sent::Value(ids.into_iter().collect())
    }

    /// Accepts a map. PHP cannot distinguish an empty map from an empty list, so an empty list is accepted too.
    pub(crate) fn object(mut self) -> Sent<Map<String, Value>> {
        match self.sent {
            Sent::Value(Value::Object(fields)) => Sent::Value(fields.clone()),
            Sent::Value(Value::Array(items)) if items.is_empty() => Sent::Value(Map::new()),
            Sent::Value(_) => {
                let message = format!("The {} field must be an array.", display_name(self.name));
                self.reject(message).nothing()
            }
            Sent::Absent | Sent::Null => self.nothing(),
        }
    }

    /// Returns true if the map that contains this field was sent and is not empty.
    pub(crate) fn parent_is_filled(&self) -> bool {
        let parent = self.name.split('.').next().and_then(|parent| self.check.input.get(parent));
        parent.and_then(Value::as_object).is_some_and(|fields| !fields.is_empty())
    }

    /// Applies a custom test with its own message.
    pub(crate) fn must(mut self, passes: impl FnOnce(&Value) -> bool, message: &str) -> Self {
        if let Sent::Value(value) = self.sent
            && !passes(value)
        {
            self.reject(message.to_owned());
        }
        self
    }

    fn as_text(&mut self) -> Option<&'a str> {
        let Sent::Value(value) = self.sent else { return None };
        if value.is_string() {
            return value.as_str();
        }
        let message = format!("The {} field must be a string.", display_name(self.name));
        self.reject(message);
        None
    }

    fn as_list(&mut self) -> Option<&'a [Value]> {
        let Sent::Value(value) = self.sent else { return None };
        match value {
            Value::Array(items) => Some(items),
            _ => {
                let message = format!("The {} field must be an array.", display_name(self.name));
                self.reject(message);
                None
            }
        }
    }

    fn is_empty(&self) -> bool {
        match self.sent {
            Sent::Absent | Sent::Null => true,
            Sent::Value(Value::Array(items)) => items.is_empty(),
            Sent::Value(Value::Object(fields)) => fields.is_empty(),
            Sent::Value(_) => false,
        }
    }

    fn reject_selected(&mut self) -> &mut Self {
        let message = format!("The selected {} is invalid.", display_name(self.name));
        self.reject(message)
    }

    /// Records an error. The value becomes absent, so that later rules add no second message.
    fn reject(&mut self, message: String) -> &mut Self {
        self.check.fail(self.name, message);
        self.sent = Sent::Absent;
        self
    }

    fn nothing<T>(&self) -> Sent<T> {
        match self.sent {
            Sent::Null => Sent::Null,
            Sent::Absent | Sent::Value(_) => Sent::Absent,
        }
    }
}

/// Parses a UUID in hyphenated form, the only one that the framework accepts.
pub(crate) fn parse_uuid(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

#[cfg(test)]
mod tests;
