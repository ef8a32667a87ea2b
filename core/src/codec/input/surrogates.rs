//! Refusal of JSON text that holds a lone surrogate.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::fmt::Formatter;
use core::marker::PhantomData;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::codec::field_errors::{FieldErrors, inside};
use crate::codec::input::{Sink, Value};
use crate::codec::json_reader::read;
use crate::codec::output::visitor::BorrowedKey;
use crate::schema::{Field, Type};
use crate::text::json_repair::has_lone_surrogate;

/// The fault of a text that holds a lone surrogate. Its words are the same in every host.
pub const LONE_SURROGATE: &str =
    "The text has a lone surrogate, which is not a character: cut texts between whole characters.";

/// The number of levels that are searched for the name of a field. Each level is parsed anew.
const DEPTH: u8 = 32;

/// Adds a fault for each text in the caller's JSON that holds a lone surrogate.
///
/// The faults are under the names of members and the positions in lists. `repaired` is the same JSON with the lone
/// surrogates replaced. `at` is the name of the whole value, or empty.
pub(crate) fn report_lone_surrogates(given: &str, repaired: &str, at: &str, faults: &mut FieldErrors) {
    report_within(given, repaired, at, DEPTH, faults);
}

fn report_within(given: &str, repaired: &str, at: &str, depth: u8, faults: &mut FieldErrors) {
    if !has_lone_surrogate(given) {
        return;
    }
    // A part has the same place in both texts.
    let place = |part: &str| part.as_ptr().addr() - repaired.as_ptr().addr();
    let parts = if depth > 0 {
        read(repaired, PhantomData::<Parts<'_>>).unwrap_or_default()
    } else {
        Parts::default()
    };
    let mut end = 0;
    for (position, (name, value)) in parts.0.into_iter().enumerate() {
        let value = value.get();
        let start = place(value);
        let name = inside(at, &name.unwrap_or_else(|| position.to_string().into()));
        // The text between two values holds the name of the second.
        if has_lone_surrogate(given.get(end..start).unwrap_or_default()) {
            faults.add(name.as_str(), LONE_SURROGATE);
        }
        end = start + value.len();
        report_within(given.get(start..end).unwrap_or_default(), value, &name, depth - 1, faults);
    }
    if end == 0 {
        faults.add(at, LONE_SURROGATE);
    }
}

/// Parts of an object, with their names, or of a list.
#[derive(Default)]
struct Parts<'a>(Vec<(Option<Cow<'a, str>>, &'a RawValue)>);

impl<'de> serde::Deserialize<'de> for Parts<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Parts<'de>;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object or a list")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts<'de>, A::Error> {
                let mut parts = Vec::new();
                while let Some((BorrowedKey(name), value)) = map.next_entry()? {
                    parts.push((Some(name), value));
                }
                Ok(Parts(parts))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Parts<'de>, A::Error> {
                let mut parts = Vec::new();
                while let Some(value) = seq.next_element()? {
                    parts.push((None, value));
                }
                Ok(Parts(parts))
            }
        }

        deserializer.deserialize_any(Members)
    }
}

/// Sink that looks for a lone surrogate in JSON. Strings of Rust cannot hold one.
pub(crate) struct LoneSurrogateCheck<'a>(pub(crate) &'a mut FieldErrors);

impl Sink for LoneSurrogateCheck<'_> {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        let mut kind = &field.kind;
        while let Type::Nullable(inner) | Type::List(inner) = kind {
            kind = inner;
        }
        if matches!(kind, Type::Json | Type::Object) && value.is_given() {
            let mut out = Vec::new();
            value.json(field, &mut out);
            let json = String::from_utf8(out).unwrap_or_default();
            crate::codec::input::surrogates::report_lone_surrogates(
                &json,
                &crate::text::json_repair::surrogates(&json),
                field.name,
                self.0,
            );
        }
    }
}
