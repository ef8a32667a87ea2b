//! Values of a call: reading from JSON, checks of the stated limits, and writing.
//!
//! Reading continues after a fault, so that callers receive all faults at once. They have the shape of the server's
//! validation errors.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::Value;
use crate::codec::input::from_json::Read;
use crate::codec::input::json::json;
use crate::codec::input::validate::{check_list, check_number, check_text, fault, is_blank};
use crate::schema::Field;
use crate::types::json::{Bytes, Json, Object};
use crate::types::nullable::Nullable;
use crate::types::phone::Phone;
use crate::types::time::Timestamp;

impl Value for String {
    fn is_filled(&self) -> bool {
        !is_blank(self)
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

    // The framework's `boolean` rule accepts `1` and `0` in a query, and refuses `true` and `false`.
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

/// Implements the traits of a field's value for a record that `#[model(input)]` declared.
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
                $crate::codec::input::from_json::refuse_unknown(
                    &object,
                    &at,
                    <Self as $crate::codec::input::Input>::fields(),
                    faults,
                );
                Some(record)
            }
        }

        $crate::redact::debug_is_safe!($name);
    };
}
pub(crate) use implement_record;

/// Returns the text to send. A phone number is cleaned first.
pub(crate) fn sent<'a>(text: &'a str, field: &Field) -> Cow<'a, str> {
    if field.phone { Phone::clean(text) } else { Cow::Borrowed(text) }
}

macro_rules! numbers {
    ($($type:ty),*) => { $(
        impl Value for $type {
            fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
                check_number(i64::try_from(*self).unwrap_or(i64::MAX), at, field, faults);
            }

            fn json(&self, _: &Field, out: &mut Vec<u8>) {
                json(self, out);
            }

            fn text(&self, _: &Field, put: &mut dyn FnMut(&str)) {
                put(&self.to_string());
            }
        }
    )* };
}
numbers!(i64, u64);

macro_rules! impl_from_json {
    ($($type:ty: $must:literal),*) => { $(
        impl Read for $type {
            fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
                let value = json.read().ok();
                if value.is_none() {
                    fault(faults, at, name, $must);
                }
                value
            }
        }
    )* };
}
impl_from_json! {
    bool: "field must be true or false.",
    i64: "field must be an integer.",
    u64: "field must be an integer >= 0.",
    Object: "field must be an object."
}

macro_rules! impl_raw_json {
    ($($type:ty: $is_filled:expr),*) => { $(
        impl Value for $type {
            fn is_filled(&self) -> bool {
                $is_filled(self)
            }

            fn json(&self, _: &Field, out: &mut Vec<u8>) {
                json(self, out);
            }
        }
    )* };
}
impl_raw_json!(Json: |json: &Json| !json.is_null(), Object: |object: &Object| !object.is_empty());
