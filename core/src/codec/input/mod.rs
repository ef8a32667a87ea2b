//! Inputs of calls: declared types that are validated and written as path, query or body.

pub(crate) mod from_json;
pub(crate) mod json;
pub(crate) mod leaf;
pub(crate) mod multipart;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod record;
pub(crate) mod request;
pub(crate) mod surrogates;
pub(crate) mod validate;

use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::json::json;
use crate::codec::input::leaf::sent;
use crate::codec::input::request::Write;
use crate::codec::input::validate::{check_list, check_text, fault, is_required};
use crate::schema::{Described, Field, Kind};
use crate::types::json::{Bytes, Object};
use crate::types::nullable::Nullable;
use crate::types::time::Timestamp;

/// What `#[endpoint]` and `#[model(input)]` give a struct.
pub trait Input: Described {
    /// The fields, in the vendor's order.
    #[must_use]
    fn fields() -> &'static [Field] {
        match const { Self::KIND } {
            Kind::Model(schema) => schema.fields,
            _ => &[],
        }
    }

    /// Takes the fields out of `object`, which is left with what is unknown. `at` stands before field names in
    /// faults: empty, or the outer name and a dot.
    fn read(object: &mut Object, at: &str, faults: &mut FieldErrors) -> Self
    where
        Self: Sized;

    /// Checks the limits that the vendor states.
    fn check(&self, at: &str, faults: &mut FieldErrors);

    /// Hands every field to `sink`, in order.
    fn write(&self, sink: &mut dyn Sink);
}

/// Where the fields of a call go: into a path and query, a JSON body, or a form.
pub trait Sink {
    /// Takes one field.
    fn put(&mut self, field: &'static Field, value: &dyn Value);
}

/// A value that may stand in a call.
pub trait Value {
    /// Whether it is to be sent at all.
    fn is_given(&self) -> bool {
        true
    }

    /// Whether there is anything in it.
    fn is_filled(&self) -> bool {
        self.is_given()
    }

    /// Whether it is a list, which queries spell `name[]=…&name[]=…`.
    fn is_list(&self) -> bool {
        false
    }

    /// Checks the limits that the vendor states of this field.
    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        let _ = (at, field, faults);
    }

    /// Appends the value as JSON.
    fn json(&self, field: &Field, out: &mut Vec<u8>);

    /// Hands over the value as text, for a path or a query; a list hands over each item.
    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        let mut out = Vec::new();
        self.json(field, &mut out);
        put(&String::from_utf8_lossy(&out));
    }

    /// The bytes, if it is a file.
    fn bytes(&self) -> Option<&[u8]> {
        None
    }
}

/// A field without properties, whose text is written unchanged.
pub(crate) static AS_IT_IS: Field = Field {
    name: "",
    doc: "",
    kind: Kind::Text,
    required: false,
    condition: None,
    path: false,
    phone: false,
    e164: false,
    signed: false,
    secret: false,
    max_chars: None,
    range: None,
    default: None,
    taken_as: None,
    inferred: None,
};

/// A call that is written unchanged: without checks, no phone number is cleaned.
pub(crate) struct AsItIs<'a>(pub(crate) &'a dyn Write);

impl Write for AsItIs<'_> {
    fn write(&self, sink: &mut dyn Sink) {
        struct Raw<'a>(&'a mut dyn Sink);

        impl Sink for Raw<'_> {
            fn put(&mut self, field: &'static Field, value: &dyn Value) {
                self.0.put(field, &Untouched(value));
            }
        }

        self.0.write(&mut Raw(sink));
    }
}

/// A value that is written without regard to its field.
pub(crate) struct Untouched<'a>(pub(crate) &'a dyn Value);

impl Value for Untouched<'_> {
    fn is_given(&self) -> bool {
        self.0.is_given()
    }

    fn is_filled(&self) -> bool {
        self.0.is_filled()
    }

    fn is_list(&self) -> bool {
        self.0.is_list()
    }

    fn json(&self, _: &Field, out: &mut Vec<u8>) {
        self.0.json(&AS_IT_IS, out);
    }

    fn text(&self, _: &Field, put: &mut dyn FnMut(&str)) {
        self.0.text(&AS_IT_IS, put);
    }

    fn bytes(&self) -> Option<&[u8]> {
        self.0.bytes()
    }
}

/// Writes a field that depends on another one. A recipient on another channel than WhatsApp is not cleaned: it need not
/// be a phone number.
pub(crate) fn put_if(
    sink: &mut dyn Sink,
    (field, value): (&'static Field, &dyn Value),
    (other_field, other): (&Field, &dyn Value),
) {
    if field.e164 && !is_required(field, other_field, other) {
        sink.put(field, &Untouched(value));
    } else {
        sink.put(field, value);
    }
}

impl Value for String {
    fn is_filled(&self) -> bool {
        !self.is_empty()
    }

    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        check_text(self, at, field, faults);
    }

    fn json(&self, field: &Field, out: &mut Vec<u8>) {
        json(&*sent(self, field), out);
    }

    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        put(&sent(self, field));
    }
}

impl Value for Timestamp {
    fn json(&self, _: &Field, out: &mut Vec<u8>) {
        json(self, out);
    }

    fn text(&self, _: &Field, put: &mut dyn FnMut(&str)) {
        put(self.as_str());
    }
}

impl Value for bool {
    fn json(&self, _: &Field, out: &mut Vec<u8>) {
        json(self, out);
    }

    // The framework's `boolean` rule takes `1` and `0` in a query, and refuses the words.
    fn text(&self, _: &Field, put: &mut dyn FnMut(&str)) {
        put(if *self { "1" } else { "0" });
    }
}

impl Value for Bytes {
    fn json(&self, _: &Field, out: &mut Vec<u8>) {
        json(&crate::text::base64::encode(&self.0), out);
    }

    fn bytes(&self) -> Option<&[u8]> {
        Some(&self.0)
    }

    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        if self.0.is_empty() {
            fault(faults, at, field.name, "field is required.");
        }
    }
}

impl<T: Value> Value for Option<T> {
    fn is_given(&self) -> bool {
        self.is_some()
    }

    fn is_filled(&self) -> bool {
        self.as_ref().is_some_and(Value::is_filled)
    }

    fn is_list(&self) -> bool {
        self.as_ref().is_some_and(Value::is_list)
    }

    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        if let Some(value) = self {
            value.check(at, field, faults);
        }
    }

    fn json(&self, field: &Field, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.json(field, out),
            None => out.extend(b"null"),
        }
    }

    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        if let Some(value) = self {
            value.text(field, put);
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        self.as_ref().and_then(Value::bytes)
    }
}

impl<T: Value> Value for Nullable<T> {
    fn is_given(&self) -> bool {
        !self.is_absent()
    }

    fn is_filled(&self) -> bool {
        self.value().is_some_and(Value::is_filled)
    }

    fn is_list(&self) -> bool {
        self.value().is_some_and(Value::is_list)
    }

    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        if let Self::Value(value) = self {
            value.check(at, field, faults);
        }
    }

    fn json(&self, field: &Field, out: &mut Vec<u8>) {
        match self {
            Self::Value(value) => value.json(field, out),
            Self::Absent | Self::Null => out.extend(b"null"),
        }
    }

    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        if let Self::Value(value) = self {
            value.text(field, put);
        }
    }
}

impl<T: Value> Value for Vec<T> {
    fn is_filled(&self) -> bool {
        !self.is_empty()
    }

    fn is_list(&self) -> bool {
        true
    }

    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        check_list(&mut self.iter().map(|item| item as &dyn Value), at, field, faults);
    }

    fn json(&self, field: &Field, out: &mut Vec<u8>) {
        out.push(b'[');
        for (at, item) in self.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            item.json(field, out);
        }
        out.push(b']');
    }

    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        for item in self {
            item.text(field, put);
        }
    }
}

/// Lets a record that `#[model(input)]` declared stand in a call.
macro_rules! implement_record {
    ($name:ident) => {
        impl $crate::codec::input::Value for $name {
            fn check(
                &self,
                at: &str,
                field: &$crate::schema::Field,
                faults: &mut $crate::codec::field_errors::FieldErrors,
            ) {
                $crate::codec::input::Input::check(self, &::alloc::format!("{at}{}.", field.name), faults);
            }

            fn json(&self, _: &$crate::schema::Field, out: &mut ::alloc::vec::Vec<u8>) {
                let mut sink = $crate::codec::input::json::JsonSink::new(out);
                $crate::codec::input::Input::write(self, &mut sink);
                sink.end();
            }
        }

        impl $crate::codec::input::from_json::Read for $name {
            fn read(
                json: $crate::types::json::Json,
                at: &str,
                name: &str,
                faults: &mut $crate::codec::field_errors::FieldErrors,
            ) -> ::core::option::Option<Self> {
                let mut object: $crate::types::json::Object =
                    $crate::codec::input::from_json::Read::read(json, at, name, faults)?;
                let at = ::alloc::format!("{at}{name}.");
                let record = <Self as $crate::codec::input::Input>::read(&mut object, &at, faults);
                $crate::codec::input::from_json::refuse_unknown(&object, &at, faults);
                Some(record)
            }
        }

        $crate::redact::shown!($name);
    };
}
pub(crate) use implement_record;
