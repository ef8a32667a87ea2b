//! The sink that writes a query.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use percent_encoding::utf8_percent_encode;

use crate::codec::input::path::RESERVED;
use crate::codec::input::{Sink, Value};
use crate::schema::{Field, Type};
use crate::types::json::{Json, Object};

/// Sink that appends `name=value` pairs in the order of the fields.
pub(crate) struct QuerySink<'a> {
    pub(super) url: &'a mut String,
    pub(super) started: bool,
    pub(super) extra: &'a Object,
    pub(super) textual_booleans: bool,
}

impl QuerySink<'_> {
    fn pair(&mut self, name: &str, list: bool, value: &str) {
        self.url.push(if self.started { '&' } else { '?' });
        self.started = true;
        self.url.extend(utf8_percent_encode(name, RESERVED));
        // RFC 3986 requires the brackets of a list to be escaped.
        self.url.push_str(if list { "%5B%5D=" } else { "=" });
        self.url.extend(utf8_percent_encode(value, RESERVED));
    }

    pub(crate) fn put_extra(&mut self) {
        for (name, value) in self.extra.iter() {
            match value.read::<Vec<Json>>() {
                Ok(items) => items.iter().for_each(|item| self.pair(name, true, &as_parameter(item))),
                Err(_) => self.pair(name, false, &as_parameter(value)),
            }
        }
    }
}

/// Writes a JSON value as the value of a parameter: text without quotes, booleans as `1` and `0`, `null` as empty.
pub(crate) fn as_parameter(value: &Json) -> Cow<'_, str> {
    match value.as_str() {
        "true" => Cow::Borrowed("1"),
        "false" => Cow::Borrowed("0"),
        "null" => Cow::Borrowed(""),
        other => value.as_text().unwrap_or(Cow::Borrowed(other)),
    }
}

impl Sink for QuerySink<'_> {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        // The vendor returns the first page by default, and the parameter `page` is inferred.
        let mut skip = field.path || !value.is_given() || self.extra.get(field.name).is_some();
        if field.name == "page" {
            value.text(field, &mut |text| skip |= text == "1" || text == "0");
        }
        if !skip {
            let list = value.is_list();
            let words = self.textual_booleans && field.kind == Type::Boolean;
            value.text(field, &mut |text| {
                let text = match text {
                    "1" if words => "true",
                    "0" if words => "false",
                    text => text,
                };
                self.pair(field.name, list, text);
            });
        }
    }
}
