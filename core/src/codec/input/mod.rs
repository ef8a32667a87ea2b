//! Inputs of calls: declared types that are validated and written as path, query or body.

pub(crate) mod unchecked;

use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::field_errors::FieldErrors;
use crate::schema::{Described, Field, Kind};
use crate::types::json::Object;

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

/// [`Input::write`] as an object.
pub trait Write {
    fn write(&self, sink: &mut dyn Sink);
}

impl<T: Input> Write for T {
    fn write(&self, sink: &mut dyn Sink) {
        Input::write(self, sink);
    }
}
