//! What goes into a call: reading it from JSON, checking the stated limits, and writing it out.
//!
//! Every fault is collected, none ends the reading, so that a user hears of all of them at once, in the shape
//! in which the server would tell them.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::Value;
use crate::codec::input::from_json::Read;
use crate::codec::input::json::json;
use crate::codec::input::validate::{check_number, fault};
use crate::schema::Field;
use crate::types::json::{Json, Object};
use crate::types::phone::Phone;

/// The text to be sent: a phone number without what cannot be meant.
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

macro_rules! plain {
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
plain! {
    bool: "field must be true or false.",
    i64: "field must be an integer.",
    u64: "field must be a positive integer.",
    Object: "field must be an object."
}

macro_rules! raw {
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
raw!(Json: |json: &Json| !json.is_null(), Object: |object: &Object| !object.is_empty());
