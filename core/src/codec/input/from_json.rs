//! Reading of inputs from JSON, for calls by name.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::validate::fault;
use crate::schema::Field;
use crate::types::json::{Bytes, Json, Object};
use crate::types::nullable::Nullable;
use crate::types::time::Timestamp;

/// A value that can be read from JSON.
pub(crate) trait Read: Default {
    /// Reads a value. Returns `None` after adding a fault under `at` and `name`.
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self>;

    /// Reads the value of a field that may be missing.
    fn take(json: Option<Json>, at: &str, field: &Field, faults: &mut FieldErrors) -> Self {
        match json.filter(|json| !json.is_null()) {
            Some(json) => Self::read(json, at, field.name, faults).unwrap_or_default(),
            None => {
                fault(faults, at, field.name, "field is required.");
                Self::default()
            }
        }
    }
}

/// Takes one field out of an object.
pub(crate) fn take<T: Read>(object: &mut Object, at: &str, field: &Field, faults: &mut FieldErrors) -> T {
    T::take(object.remove(field.name), at, field, faults)
}

impl Read for String {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        let text = json.as_text().map(Cow::into_owned);
        if text.is_none() {
            fault(faults, at, name, "field must be a string.");
        }
        text
    }
}

impl Read for Timestamp {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        <String as Read>::read(json, at, name, faults).map(Self::from)
    }
}

impl Read for Json {
    fn read(json: Json, _: &str, _: &str, _: &mut FieldErrors) -> Option<Self> {
        Some(json)
    }
}

/// JSON has no bytes, so a file is its text, or `{"base64": "…"}`.
impl Read for Bytes {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        if let Some(text) = json.as_text() {
            return Some(Self::from(&*text));
        }
        let bytes = json
            .read::<Object>()
            .ok()
            .and_then(|object| crate::text::base64::decode(&object.text("base64")?));
        if bytes.is_none() {
            fault(faults, at, name, "field must be the text of a file, or {\"base64\": \"…\"}.");
        }
        bytes.map(Self)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        T::read(json, at, name, faults).map(Some)
    }

    fn take(json: Option<Json>, at: &str, field: &Field, faults: &mut FieldErrors) -> Self {
        T::read(json.filter(|json| !json.is_null())?, at, field.name, faults)
    }
}

impl<T: Read> Read for Nullable<T> {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        T::read(json, at, name, faults).map(Self::Value)
    }

    fn take(json: Option<Json>, at: &str, field: &Field, faults: &mut FieldErrors) -> Self {
        match json {
            None => Self::Absent,
            Some(json) if json.is_null() => Self::Null,
            Some(json) => T::read(json, at, field.name, faults).map_or(Self::Absent, Self::Value),
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        read_items(json, at, name, faults, T::read)
    }
}

/// Reads the items of a list. Faults of an item are under the list's name and the item's position.
pub(crate) fn read_items<T>(
    json: Json,
    at: &str,
    name: &str,
    faults: &mut FieldErrors,
    read: impl Fn(Json, &str, &str, &mut FieldErrors) -> Option<T>,
) -> Option<Vec<T>> {
    let Ok(items) = json.read::<Vec<Json>>() else {
        fault(faults, at, name, "field must be an array.");
        return None;
    };
    let at = format!("{at}{name}.");
    let mut values = Vec::with_capacity(items.len());
    for (position, item) in items.into_iter().enumerate() {
        values.extend(read(item, &at, &position.to_string(), faults));
    }
    Some(values)
}

/// Adds a fault for each member that is left in `object`. A field in `known` that is probably meant is suggested.
pub fn refuse_unknown(object: &Object, at: &str, known: &[Field], faults: &mut FieldErrors) {
    for (name, _) in object.iter() {
        let meant = known.iter().find(|field| is_meant(field.name, name));
        // The name may be anything, so the message does not repeat it.
        let message = match meant {
            Some(field) => {
                format!(
                    "The field is unknown: did you mean {}? To send it anyway, pass it in extra.",
                    field.name
                )
            }
            None => "The field is unknown; to send it anyway, pass it in extra.".into(),
        };
        faults.add(format!("{at}{name}"), message);
    }
}

/// Returns the letters and digits of a name, in lower case.
pub(crate) fn letters(name: &str) -> String {
    let alphanumerics = name.chars().filter(char::is_ascii_alphanumeric);
    alphanumerics.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Returns `true` if a name differs from that of a field only in case and separators, as `sessionId` does, or is its last
/// word.
fn is_meant(field: &str, name: &str) -> bool {
    letters(field) == letters(name) || field.rsplit('_').next() == Some(name)
}
