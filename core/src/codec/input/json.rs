//! The sink that writes a JSON body.

use alloc::vec::Vec;

use crate::codec::input::{Sink, Value};
use crate::schema::Field;
use crate::types::json::Object;

/// Appends any serialisable value as JSON.
pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    // Writing to memory does not fail, and each value here can be written as JSON.
    #[cfg(feature = "std")]
    let _ = value.serialize(&mut serde_json::Serializer::new(out));
    // Without `std`, serde_json writes only into memory that it allocates itself.
    #[cfg(not(feature = "std"))]
    out.extend(serde_json::to_vec(value).unwrap_or_default());
}

/// Writes the fields of a call or record as the members of a JSON object.
pub(crate) struct JsonSink<'a> {
    pub(crate) out: &'a mut Vec<u8>,
    /// Members that replace fields of the same name. They are written separately.
    pub(crate) instead: Option<&'a Object>,
    pub(crate) started: bool,
}

impl<'a> JsonSink<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, instead: None, started: false }
    }

    /// Writes the name of the next member.
    pub(crate) fn name(&mut self, name: &str) {
        self.out.push(if self.started { b',' } else { b'{' });
        self.started = true;
        json(name, self.out);
        self.out.push(b':');
    }

    /// Writes the name of a field. Names of fields are plain ASCII and need no escapes.
    fn field(&mut self, field: &'static Field) {
        self.out.extend_from_slice(if self.started { b",\"" } else { b"{\"" });
        self.started = true;
        self.out.extend_from_slice(field.name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// Ends the object. If nothing was written, the object also begins here.
    pub(crate) fn end(self) {
        if !self.started {
            self.out.push(b'{');
        }
        self.out.push(b'}');
    }
}

impl Sink for JsonSink<'_> {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        if field.path || self.instead.is_some_and(|extra| extra.get(field.name).is_some()) {
            return;
        }
        if value.is_given() {
            self.field(field);
            value.json(field, self.out);
        } else if let Some(default) = field.sent_default {
            self.field(field);
            json(default, self.out);
        }
    }
}
