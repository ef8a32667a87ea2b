//! Decoding of responses. It is tolerant of everything that the vendors may add, change or leave out.
//!
//! - A field that is `null`, missing or of another type has no value.
//! - A member without a field goes to `extra`.
//! - PHP's `[]` counts as an empty map, and an object whose names are positions counts as a list.
//! - Numbers may arrive as text, and text as a number.
//! - A lone surrogate becomes U+FFFD. A number larger than every float has no value.
//!
//! Only a body that is not JSON, or is JSON of another shape, is an error.

pub(crate) mod by_schema;
pub(crate) mod envelope;
pub(crate) mod leaf;
pub(crate) mod model;
pub(crate) mod page;
pub(crate) mod visitor;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess};

use crate::codec::error::DecodeError;
use crate::schema::HasSchema;
use crate::types::json::{Json, Object};

/// The decoded output of a call.
pub trait Output: HasSchema + serde::Serialize + Sized {
    /// Functions for decoding by schema, if the schema alone does not describe the decoding.
    #[doc(hidden)]
    const CUSTOM_DECODING: Option<&'static CustomDecoding> = None;

    /// Returns a replacement for a body that is not an object. Called if [`Output::ODD`] is set.
    #[doc(hidden)]
    fn instead(body: &[u8]) -> Option<Vec<u8>> {
        let _ = body;
        None
    }

    /// Returns the name and the value of a field that the vendor left out. The value follows from the status and from
    /// members without a field.
    #[doc(hidden)]
    fn completed(status: u16, members: &Object) -> Option<(&'static str, String)> {
        let _ = (status, members);
        None
    }

    /// Returns `true` if the call succeeded with this status. The default is any 2xx.
    #[must_use]
    fn accepts(status: u16) -> bool {
        is_success(status)
    }

    /// Reads the body of an accepted response.
    ///
    /// # Errors
    /// [`DecodeError`] if the body is not JSON of this shape.
    fn read(status: u16, body: &[u8]) -> Result<Self, DecodeError>;
}

/// The decoding functions of an [`Output`] for which the schema is not enough.
#[derive(Debug)]
pub struct CustomDecoding {
    pub(crate) accepts: fn(u16) -> bool,
    pub(crate) instead: fn(&[u8]) -> Option<Vec<u8>>,
    pub(crate) completed: fn(u16, &Object) -> Option<(&'static str, String)>,
}

impl CustomDecoding {
    pub(crate) const fn of<A: Output>() -> Self {
        Self { accepts: A::accepts, instead: A::instead, completed: A::completed }
    }
}

/// Compares addresses: each type has exactly one value.
impl PartialEq for CustomDecoding {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self, other)
    }
}

/// Returns `true` for a status of 2xx.
pub(crate) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// A value that may occur in a response.
pub trait Decode: Sized {
    /// Decodes a value. Returns `None` for `null` and for a value of another type.
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error>;

    /// Decodes the items of a list with [`Decode::decode`]. Items that decode to `None` are left out.
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    fn decode_items<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Vec<Self>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Seed::new())? {
            items.extend(item);
        }
        Ok(items)
    }
}

/// A place into which a value of a response is decoded.
pub(crate) trait Slot {
    /// Decodes the next value of the map.
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    fn fill<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error>;
}

/// Seed that decodes a value with its [`Decode`].
pub(crate) struct Seed<T>(PhantomData<T>);

impl<T> Clone for Seed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Seed<T> {}

impl<T> Seed<T> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Decode> DeserializeSeed<'de> for Seed<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        T::decode(deserializer)
    }
}

/// Returns a body as text, without a byte order mark. A lone surrogate becomes U+FFFD.
///
/// The body is checked as a whole and not string by string. One reader can then serve bodies and their parts, which
/// matters because it is compiled once for each type.
///
/// # Errors
/// [`DecodeError::NotJson`] if it is not UTF-8.
pub fn text(body: &[u8]) -> Result<Cow<'_, str>, DecodeError> {
    let body = crate::text::json_repair::unmarked(body);
    let text = core::str::from_utf8(body).map_err(|error| DecodeError::at(body, error.valid_up_to()))?;
    Ok(crate::text::json_repair::surrogates(text))
}

/// Reads the text of a body. After a failure it reads again, without numbers larger than every float, if there are any.
///
/// # Errors
/// Errors of `read` and of [`text`].
pub(crate) fn reading<T>(
    body: &[u8],
    mut read: impl FnMut(&str) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let text = text(body)?;
    read(&text).or_else(|fault| match crate::text::json_repair::numbers(&text, true) {
        Cow::Owned(repaired) => read(&repaired),
        Cow::Borrowed(_) => Err(fault),
    })
}

/// Wraps a body that is a JSON string in an object, under the given name.
pub(crate) fn text_under(name: &str, body: &[u8]) -> Option<Vec<u8>> {
    let text = in_bytes::<Json>(body).filter(|json| json.as_str().starts_with('"'))?;
    Some(alloc::format!("{{\"{name}\":{}}}", text.as_str()).into_bytes())
}

/// Returns `true` for a body without a value: no bytes, white space, or `null`.
pub(crate) fn is_blank(body: &[u8]) -> bool {
    matches!(crate::text::json_repair::unmarked(body).trim_ascii(), b"" | b"null")
}

/// Parses a body that is UTF-8 text and JSON of this form.
pub(crate) fn in_bytes<T: core::str::FromStr>(body: &[u8]) -> Option<T> {
    crate::text::json_repair::numbers(&text(body).ok()?, false).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Decode, Seed};
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;
    use serde::de::DeserializeSeed;

    fn read<T: Decode>(text: &str) -> Option<T> {
        Seed::new().deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap()
    }

    #[test]
    fn numbers_come_in_many_clothes() {
        for (text, number) in
            [("12", Some(12)), ("\"12\"", Some(12)), ("12.0", Some(12)), ("12.5", None), ("-1", None)]
        {
            assert_eq!(read::<u64>(text), number, "{text}");
        }
        assert_eq!(read::<u64>("18446744073709551615"), Some(u64::MAX));
        assert_eq!(read::<i64>("9223372036854775808"), None);
        assert_eq!(read::<f64>("\"95.17\""), Some(95.17));
        assert_eq!(read::<bool>("1"), Some(true));
        assert_eq!(read::<bool>("\"no\""), None);
    }

    #[test]
    fn another_type_is_nothing() {
        for text in ["null", "[1,[2]]", "{\"a\":{}}", "true"] {
            assert_eq!(read::<String>(text), None, "{text}");
            assert_eq!(read::<u64>(text), None, "{text}");
        }
        assert_eq!(
            read::<Vec<String>>("[\"a\",null,5]"),
            Some([String::from("a"), String::from("5")].into())
        );
        assert_eq!(read::<Vec<String>>("{\"0\":\"a\",\"2\":\"b\"}").map(|items| items.len()), Some(2));
    }

    /// serde_json passes numbers under this name in some builds. A server may send a member of the same name.
    #[test]
    fn the_name_serde_json_keeps_to_itself_is_read_whatever_it_holds() {
        let named = |value: &str, more: &str| format!("{{\"$serde_json::private::Number\":{value}{more}}}");
        assert_eq!(read::<u64>(&named("\"12\"", "")), Some(12));
        assert_eq!(read::<String>(&named("\"12\"", "")), None);
        for value in ["null", "{\"a\":[1]}", "[[]]", "\"many\""] {
            assert_eq!(read::<u64>(&named(value, "")), None, "{value}");
            assert_eq!(read::<u64>(&named(value, ",\"b\":1")), None, "{value}");
        }
        let deep = named(&named(&named("\"7\"", ""), ",\"b\":{}"), "");
        assert_eq!(read::<u64>(&deep), None);
    }
}
