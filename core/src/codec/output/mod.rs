//! Reading answers: streaming, tolerant of everything the vendors may add, change or leave out.
//!
//! A field that is `null`, missing or of another type reads as nothing; a field nobody knows goes to `extra`;
//! PHP's `[]` for an empty map is an empty map, and an object of positions a list; numbers may come as text, and text
//! as a number. Half a pair of surrogates reads as U+FFFD, a number beyond all floats as nothing. Only a body that is
//! no JSON, or of another shape altogether, cannot be read.

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

use crate::codec::error::Unreadable;
use crate::schema::Described;
use crate::types::json::{Json, Object};

/// What a call answers.
pub trait Answer: Described + serde::Serialize + Sized {
    /// How it is read by its schema, if it is more than that says.
    #[doc(hidden)]
    const ODD: Option<&'static Odd> = None;

    /// What is read instead of a body that is no object, where [`Answer::ODD`] is set.
    #[doc(hidden)]
    fn instead(body: &[u8]) -> Option<Vec<u8>> {
        let _ = body;
        None
    }

    /// A field that is nothing, and what it then is by the status and by members that no field is for.
    #[doc(hidden)]
    fn completed(status: u16, members: &Object) -> Option<(&'static str, String)> {
        let _ = (status, members);
        None
    }

    /// Whether a status is an answer to this call. Any 2xx, unless the type says otherwise.
    #[must_use]
    fn accepts(status: u16) -> bool {
        is_success(status)
    }

    /// Reads the body of an accepted response.
    ///
    /// # Errors
    /// [`Unreadable`] if the body is not JSON of this shape.
    fn read(status: u16, body: &[u8]) -> Result<Self, Unreadable>;
}

/// The methods of an [`Answer`] that is more than its schema says.
#[derive(Debug)]
pub struct Odd {
    pub(crate) accepts: fn(u16) -> bool,
    pub(crate) instead: fn(&[u8]) -> Option<Vec<u8>>,
    pub(crate) completed: fn(u16, &Object) -> Option<(&'static str, String)>,
}

impl Odd {
    pub(crate) const fn of<A: Answer>() -> Self {
        Self { accepts: A::accepts, instead: A::instead, completed: A::completed }
    }
}

/// Each type has one.
impl PartialEq for Odd {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self, other)
    }
}

/// Whether a status is a success.
pub(crate) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// A value that may stand in an answer.
pub trait Decode: Sized {
    /// `None` for `null` and for anything of another type.
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error>;

    /// The items of a list, each by [`Decode::decode`]; those that are nothing are left out.
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

/// A place in an answer that a value is put into.
pub(crate) trait Slot {
    /// Takes the next value of the map.
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    fn fill<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error>;
}

/// Reads a value by its [`Decode`].
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

/// Returns a body as text, without a byte order mark, and with U+FFFD for half a pair of surrogates. A body is checked as
/// a whole and not string by string: one reader then serves bodies and their parts, once for each type of answer.
///
/// # Errors
/// [`Unreadable::NotJson`] if it is not UTF-8.
pub(crate) fn text(body: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let body = crate::text::json_repair::unmarked(body);
    let text = core::str::from_utf8(body).map_err(|error| Unreadable::at(&body[..error.valid_up_to()]))?;
    Ok(crate::text::json_repair::surrogates(text))
}

/// Reads the text of a body. After a failure it reads again without numbers larger than all floats, if there are any.
///
/// # Errors
/// Errors of `read` and of [`text`].
pub(crate) fn reading<T>(
    body: &[u8],
    mut read: impl FnMut(&str) -> Result<T, Unreadable>,
) -> Result<T, Unreadable> {
    let text = text(body)?;
    read(&text).or_else(|fault| match crate::text::json_repair::numbers(&text, true) {
        Cow::Owned(mended) => read(&mended),
        Cow::Borrowed(_) => Err(fault),
    })
}

/// Returns a bare text, in an object under the name of the field that it belongs to.
pub(crate) fn text_under(name: &str, body: &[u8]) -> Option<Vec<u8>> {
    let text = in_bytes::<Json>(body).filter(|json| json.as_str().starts_with('"'))?;
    Some(alloc::format!("{{\"{name}\":{}}}", text.as_str()).into_bytes())
}

/// Whether there is nothing to read: no bytes, white space, or `null`.
pub(crate) fn is_blank(body: &[u8]) -> bool {
    matches!(crate::text::json_repair::unmarked(body).trim_ascii(), b"" | b"null")
}

/// What stands in a body, if it is text and JSON of this form.
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

    /// It is how serde_json hands over a number in some builds, and nobody can stop a server from sending it.
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
