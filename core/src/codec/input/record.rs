//! Inputs of calls by name: fields are read, checked and written by their schema.
//!
//! One implementation serves all calls. An implementation for each struct would be most of the code of a small program.
//!
//! The rules are those of the other files of this folder. The tests below compare both implementations.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::Write;
use crate::codec::input::from_json::{Read, read_items, refuse_unknown};
use crate::codec::input::json::JsonSink;
use crate::codec::input::unchecked::put_if;
use crate::codec::input::validate::{check_condition, check_list, fault};
use crate::codec::input::{Sink, Value};
use crate::schema::{Field, Type};
use crate::types::json::{Bytes, Json, Object};

/// The values of a call, or of a record in a call.
pub(crate) struct Record {
    fields: &'static [Field],
    /// The values, one for each field.
    values: Vec<Given>,
}

/// The value of a field.
enum Given {
    Absent,
    Null,
    /// Text, an id or a date.
    Text(String),
    /// The name of a value of an open enum.
    Name(String),
    Timestamp(String),
    Flag(bool),
    Signed(i64),
    Unsigned(u64),
    Json(Json),
    Object(Object),
    Bytes(Bytes),
    List(Vec<Given>),
    Record(Record),
}

impl Record {
    /// Takes the fields out of `object`, as [`Input::read`](crate::codec::input::Input::read) does.
    pub(crate) fn read(
        fields: &'static [Field],
        object: &mut Object,
        at: &str,
        faults: &mut FieldErrors,
    ) -> Self {
        let values = fields.iter().map(|field| Given::take(object.remove(field.name), at, field, faults));
        Self { values: values.collect(), fields }
    }

    /// Checks the limits that the vendor states.
    pub(crate) fn check(&self, at: &str, faults: &mut FieldErrors) {
        for (field, value) in self.members() {
            value.check(at, field, faults);
        }
        for (field, value) in self.members() {
            if let Some(other) = self.other(field) {
                check_condition(at, (field, value), other, faults);
            }
        }
    }

    fn members(&self) -> impl Iterator<Item = (&'static Field, &Given)> {
        self.fields.iter().zip(&self.values)
    }

    /// The field on which another one depends.
    fn other(&self, field: &Field) -> Option<(&'static Field, &dyn Value)> {
        let name = field.condition?.other();
        self.members()
            .find(|(other, _)| other.name == name)
            .map(|(other, value)| (other, value as &dyn Value))
    }

    /// Returns the page that a list call asks for.
    pub(crate) fn page(&self) -> u64 {
        let page = self.members().find(|(field, _)| field.name == "page");
        match page {
            Some((_, Given::Unsigned(page))) => (*page).max(1),
            _ => 1,
        }
    }

    /// Sets the page that a list call asks for.
    pub(crate) fn set_page(&mut self, page: u64) {
        if let Some(at) = self.fields.iter().position(|field| field.name == "page") {
            self.values[at] = Given::Unsigned(page);
        }
    }
}

impl Write for Record {
    fn write(&self, sink: &mut dyn Sink) {
        for (field, value) in self.members() {
            match self.other(field) {
                Some(other) => put_if(sink, (field, value), other),
                None => sink.put(field, value),
            }
        }
    }
}

impl Given {
    /// Reads the value of a field that may be missing.
    fn take(json: Option<Json>, at: &str, field: &'static Field, faults: &mut FieldErrors) -> Self {
        let kind = field.holds();
        let is_nullable = matches!(field.kind, Type::Nullable(_));
        match json {
            Some(json) if !json.is_null() => {
                match Self::read((kind, field.signed), json, at, field.name, faults) {
                    Some(value) => value,
                    None if field.required => Self::nothing(kind, field.signed),
                    None => Self::Absent,
                }
            }
            Some(_) if is_nullable => Self::Null,
            _ if field.required => {
                fault(faults, at, field.name, "field is required.");
                Self::nothing(kind, field.signed)
            }
            _ => Self::Absent,
        }
    }

    /// Reads a value. Returns `None` after adding a fault under `at` and `name`.
    fn read(
        (kind, signed): (&'static Type, bool),
        json: Json,
        at: &str,
        name: &str,
        faults: &mut FieldErrors,
    ) -> Option<Self> {
        match kind {
            Type::Boolean => Read::read(json, at, name, faults).map(Self::Flag),
            Type::Integer if signed => Read::read(json, at, name, faults).map(Self::Signed),
            Type::Integer => Read::read(json, at, name, faults).map(Self::Unsigned),
            Type::Object => Read::read(json, at, name, faults).map(Self::Object),
            Type::Bytes => Read::read(json, at, name, faults).map(Self::Bytes),
            Type::List(item) => read_items(json, at, name, faults, |json, at, name, faults| {
                Self::read((item, false), json, at, name, faults)
            })
            .map(Self::List),
            Type::Model(schema) => {
                let mut object = Object::read(json, at, name, faults)?;
                let at = format!("{at}{name}.");
                let record = Record::read(schema.fields, &mut object, &at, faults);
                refuse_unknown(&object, &at, schema.fields, faults);
                Some(Self::Record(record))
            }
            Type::Text | Type::Id | Type::Date => Read::read(json, at, name, faults).map(Self::Text),
            Type::Timestamp => Read::read(json, at, name, faults).map(Self::Timestamp),
            Type::Enum(open) => {
                let text = String::read(json, at, name, faults)?;
                let known = open.position(&text).map(|position| open.values[position].0.to_string());
                Some(Self::Name(known.unwrap_or(text)))
            }
            // No call has a field of these types.
            Type::Json | Type::Number | Type::Page(_) | Type::Nullable(_) => Some(Self::Json(json)),
        }
    }

    /// Returns a default for a value that could not be read.
    fn nothing(kind: &'static Type, signed: bool) -> Self {
        match kind {
            Type::Boolean => Self::Flag(false),
            Type::Integer if signed => Self::Signed(0),
            Type::Integer => Self::Unsigned(0),
            Type::Object => Self::Object(Object::new()),
            Type::Bytes => Self::Bytes(Bytes::default()),
            Type::List(_) => Self::List(Vec::new()),
            Type::Text | Type::Id | Type::Date => Self::Text(String::new()),
            Type::Timestamp => Self::Timestamp(String::new()),
            Type::Enum(_) => Self::Name(String::new()),
            // No call requires a field of these types.
            Type::Model(_) | Type::Json | Type::Number | Type::Page(_) | Type::Nullable(_) => {
                Self::Json(Json::default())
            }
        }
    }
}

impl Value for Given {
    fn is_given(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    fn is_filled(&self) -> bool {
        match self {
            Self::Absent | Self::Null => false,
            Self::Text(text) => text.is_filled(),
            Self::Json(json) => json.is_filled(),
            Self::Object(object) => object.is_filled(),
            Self::List(items) => !items.is_empty(),
            _ => true,
        }
    }

    fn is_list(&self) -> bool {
        matches!(self, Self::List(_))
    }

    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        match self {
            Self::Text(text) | Self::Name(text) => {
                crate::codec::input::validate::check_text(text, at, field, faults)
            }
            Self::Signed(number) => number.check(at, field, faults),
            Self::Unsigned(number) => number.check(at, field, faults),
            Self::Bytes(bytes) => bytes.check(at, field, faults),
            Self::List(items) => {
                check_list(&mut items.iter().map(|item| item as &dyn Value), at, field, faults);
            }
            Self::Record(record) => record.check(&format!("{at}{}.", field.name), faults),
            _ => {}
        }
    }

    fn json(&self, field: &Field, out: &mut Vec<u8>) {
        match self {
            Self::Absent | Self::Null => out.extend(b"null"),
            Self::Text(text) => text.json(field, out),
            Self::Name(text) | Self::Timestamp(text) => crate::codec::input::json::json(text, out),
            Self::Flag(flag) => flag.json(field, out),
            Self::Signed(number) => number.json(field, out),
            Self::Unsigned(number) => number.json(field, out),
            Self::Json(json) => json.json(field, out),
            Self::Object(object) => object.json(field, out),
            Self::Bytes(bytes) => bytes.json(field, out),
            Self::List(items) => items.json(field, out),
            Self::Record(record) => {
                let mut sink = JsonSink::new(out);
                record.write(&mut sink);
                sink.end();
            }
        }
    }

    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        match self {
            Self::Absent | Self::Null => {}
            Self::Text(text) => text.text(field, put),
            Self::Name(text) | Self::Timestamp(text) => put(text),
            Self::Flag(flag) => flag.text(field, put),
            Self::List(items) => items.text(field, put),
            _ => {
                let mut out = Vec::new();
                self.json(field, &mut out);
                put(&String::from_utf8_lossy(&out));
            }
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => bytes.bytes(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
