//! Inputs of calls: declared types that are validated and written as path, query or body.

pub(crate) mod unchecked;

use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::field_errors::FieldErrors;
use crate::schema::{Field, HasSchema, Type};
use crate::types::json::Object;

pub(crate) mod from_json;
pub(crate) mod json;
pub(crate) mod leaf;
pub(crate) mod multipart;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod record;
pub(crate) mod request;
pub(crate) mod session;
pub(crate) mod surrogates;
pub(crate) mod validate;

/// The fields of a call or record. Implemented by `#[endpoint]` and `#[model(input)]`.
pub trait Input: HasSchema {
    /// The fields, in the vendor's order.
    #[must_use]
    fn fields() -> &'static [Field] {
        match const { Self::TYPE } {
            Type::Model(schema) => schema.fields,
            _ => &[],
        }
    }

    /// Takes the fields out of `object`. Unknown members remain in it. `at` is the prefix of field names in faults:
    /// empty, or the outer name and a dot.
    fn read(object: &mut Object, at: &str, faults: &mut FieldErrors) -> Self
    where
        Self: Sized;

    /// Checks the limits that the vendor states.
    fn check(&self, at: &str, faults: &mut FieldErrors);

    /// Passes each field to `sink`, in order.
    fn write(&self, sink: &mut dyn Sink);
}

/// A writer of fields: into a path, a query, a JSON body, or a form.
pub trait Sink {
    /// Takes one field.
    fn put(&mut self, field: &'static Field, value: &dyn Value);
}

/// A value of a field of a call.
pub trait Value {
    /// Returns `true` if the value is sent.
    fn is_given(&self) -> bool {
        true
    }

    /// Returns `true` if the value is sent and not empty.
    fn is_filled(&self) -> bool {
        self.is_given()
    }

    /// Returns `true` for a list, which queries write as `name[]=…&name[]=…`.
    fn is_list(&self) -> bool {
        false
    }

    /// Checks the limits that the vendor states for this field.
    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        let _ = (at, field, faults);
    }

    /// Appends the value as JSON.
    fn json(&self, field: &Field, out: &mut Vec<u8>);

    /// Passes the value as text to `put`, for a path or a query. A list passes each item.
    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        let mut out = Vec::new();
        self.json(field, &mut out);
        put(&String::from_utf8_lossy(&out));
    }

    /// Returns the bytes of a file.
    fn bytes(&self) -> Option<&[u8]> {
        None
    }
}

/// A field without properties, whose text is written unchanged.
pub(crate) static AS_IT_IS: Field = Field {
    name: "",
    doc: "",
    kind: Type::Text,
    required: false,
    condition: None,
    path: false,
    phone: false,
    e164: false,
    signed: false,
    secret: false,
    identifier: false,
    session: None,
    max_chars: None,
    range: None,
    sent_default: None,
    vendor_default: None,
    inferred: None,
};

/// [`Input::write`] for trait objects.
pub trait Write {
    fn write(&self, sink: &mut dyn Sink);
}

impl<T: Input> Write for T {
    fn write(&self, sink: &mut dyn Sink) {
        Input::write(self, sink);
    }
}
