//! The sink that fills the parameters of a path.

use alloc::format;
use alloc::string::{String, ToString};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::validate::fault;
use crate::codec::input::{Sink, Value};
use crate::schema::Field;

/// Sink that replaces path parameters by their values.
pub(crate) struct PathSink<'a> {
    pub(super) url: &'a mut String,
    /// The position in `url` at which the path begins.
    pub(super) origin: usize,
    pub(super) faults: &'a mut FieldErrors,
}

impl Sink for PathSink<'_> {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        if !field.path {
            return;
        }
        value.text(field, &mut |text| {
            // These values would change the path.
            if matches!(text, "" | "." | "..") {
                fault(self.faults, "", field.name, "field must not be empty, \".\" or \"..\".");
            }
            let segment = utf8_percent_encode(text, RESERVED).to_string();
            let path = self.url.split_off(self.origin);
            self.url.push_str(&path.replace(&format!("{{{}}}", field.name), &segment));
        });
    }
}

/// The set of characters to escape: all except letters, digits and `-._~` (RFC 3986, section 2.3).
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
