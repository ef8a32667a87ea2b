//! Inputs that are written unchanged, for calls without validation.

use alloc::vec::Vec;

use crate::codec::input::validate::is_required;
use crate::codec::input::{AS_IT_IS, Sink, Value, Write};
use crate::schema::Field;

/// A call that is written unchanged. Without checks, phone numbers are not cleaned.
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

/// A value that is written without the properties of its field.
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

/// Writes a field that depends on another one. A recipient on a channel other than WhatsApp is not cleaned, because it
/// need not be a phone number.
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
