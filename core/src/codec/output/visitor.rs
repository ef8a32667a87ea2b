//! Parts of serde visitors that ignore values of other types.
//!
//! Also the private forms in which serde_json passes numbers and raw text.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use core::fmt;
use core::fmt::Formatter;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::codec::output::Seed;
use crate::text::json_reader::{RAW, TEXT, string};
use crate::types::json::Json;

/// Implements the visits for other types than the expected one: they skip the value and return `None`.
macro_rules! ignore_other_types {
    ($($visit:ident)*) => { $( $crate::codec::output::visitor::ignore_other_types!(@ $visit); )* };
    (@ bool) => { fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> { Ok(None) } };
    (@ number) => {
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> { Ok(None) }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> { Ok(None) }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> { Ok(None) }
    };
    (@ text) => { fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> { Ok(None) } };
    (@ null) => { fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok(None) } };
    (@ list) => {
        fn visit_seq<A: ::serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<::serde::de::IgnoredAny>()?.is_some() {}
            Ok(None)
        }
    };
    (@ number_or_map) => {
        fn visit_map<A: ::serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            $crate::codec::output::visitor::number_in(map)?.map_or(Ok(None), |number| self.visit_str(&number))
        }
    };
    (@ map) => {
        fn visit_map<A: ::serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<::serde::de::IgnoredAny, ::serde::de::IgnoredAny>()?.is_some() {}
            Ok(None)
        }
    };
}
pub(crate) use ignore_other_types;

/// Reads a number from the private form of serde_json's feature `arbitrary_precision`: a map of one member, the
/// number's text. Any crate of a build can enable that feature for all crates. A server may also send a member of this
/// name, with any value.
///
/// # Errors
/// Only if the JSON itself is broken.
#[inline(never)]
pub fn number_in<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<String>, A::Error> {
    let Some(BorrowedKey(key)) = map.next_key()? else { return Ok(None) };
    number_behind(&key, &mut map)
}

/// Continues [`number_in`] after its first name was read.
fn number_behind<'de, A: MapAccess<'de>>(key: &str, map: &mut A) -> Result<Option<String>, A::Error> {
    let number = if key == "$serde_json::private::Number" {
        map.next_value_seed(Seed::new())?
    } else {
        map.next_value::<IgnoredAny>()?;
        None
    };
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(number)
}

/// Implements `expecting` for visitors that accept any value. The text is never shown.
macro_rules! expecting_any {
    () => {
        fn expecting(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            formatter.write_str("any JSON value")
        }
    };
}
pub(crate) use expecting_any;

/// Decodes text, or a number as text, and passes it to `keep`.
///
/// # Errors
/// Only if the JSON itself is broken.
#[inline]
pub fn decode_text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    keep: impl FnOnce(&str) -> T,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_newtype_struct(TEXT, Text::<false, _>(keep))
}

/// Visitor of text. A number is read from its raw text where the reader supports that, because a float would lose
/// digits. `IS_RAW` is true after the raw text was asked for.
struct Text<const IS_RAW: bool, F>(F);

impl<'de, const IS_RAW: bool, T, F: FnOnce(&str) -> T> Visitor<'de> for Text<IS_RAW, F> {
    type Value = Option<T>;
    expecting_any!();
    ignore_other_types!(bool null list);

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if IS_RAW {
            deserializer.deserialize_any(self)
        } else {
            deserializer.deserialize_newtype_struct(RAW, Text::<true, _>(self.0))
        }
    }

    #[inline]
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(self.0(text)))
    }

    fn visit_bytes<E>(self, number: &[u8]) -> Result<Self::Value, E> {
        let number = core::str::from_utf8(number).ok().and_then(crate::text::json_repair::number_as_text);
        Ok(number.map(|number| self.0(&number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(self.0(&number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(self.0(&number.to_string())))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
        // `Json` formats the float, so that a small program needs no second formatter of floats.
        self.visit_bytes(Json::from(number).as_str().as_bytes())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Some(BorrowedKey(key)) = map.next_key()? else { return Ok(None) };
        if key != RAW {
            let number = number_behind(&key, &mut map)?;
            return number.map_or(Ok(None), |number| self.visit_bytes(number.as_bytes()));
        }
        let BorrowedKey(raw) = map.next_value()?;
        match raw.as_bytes().first() {
            Some(b'"') => match raw.get(1..raw.len() - 1) {
                Some(text) if !text.contains('\\') => self.visit_str(text),
                _ => Ok(string(&raw).map(|text| self.0(&text))),
            },
            Some(b'-' | b'0'..=b'9') => self.visit_bytes(raw.as_bytes()),
            _ => Ok(None),
        }
    }
}

/// The name of a member, borrowed from the body unless it contains escapes.
#[derive(Debug)]
pub struct BorrowedKey<'de>(pub Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for BorrowedKey<'de> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl<'de> Visitor<'de> for Name {
            type Value = BorrowedKey<'de>;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name")
            }

            #[inline]
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<BorrowedKey<'de>, E> {
                Ok(BorrowedKey(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<BorrowedKey<'de>, E> {
                Ok(BorrowedKey(Cow::Owned(text.into())))
            }
        }

        deserializer.deserialize_str(Name)
    }
}
