//! Reading answers: streaming, tolerant of everything the vendors may add, change or leave out.
//!
//! A field that is `null`, missing or of another type reads as nothing; a field nobody knows goes to `extra`;
//! PHP's `[]` for an empty map is an empty map, and an object of positions a list; numbers may come as text, and text
//! as a number. Half a pair of surrogates reads as U+FFFD, a number beyond all floats as nothing. Only a body that is
//! no JSON, or of another shape altogether, cannot be read.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter};
use core::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::{Json, Object};
use crate::mend;
use crate::reader::read;
use crate::schema::{Described, Field, Kind};
use crate::time::Timestamp;

/// Why a success could not be read. It never shows the body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unreadable {
    /// The body is no JSON.
    NotJson {
        /// The line of the first fault, from 1.
        line: usize,
        /// The column of the first fault, from 1.
        column: usize,
    },
    /// The body is JSON of another shape than this answer has.
    Shape {
        /// What was looked for.
        expected: &'static str,
    },
    /// The body says that the call failed, under a status that says it succeeded.
    Denied,
}

impl Display for Unreadable {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { line, column } => {
                write!(formatter, "The body of the success is no JSON from line {line}, column {column}.")
            }
            Self::Shape { expected } => write!(formatter, "The body of the success is not {expected}."),
            Self::Denied => formatter.write_str("The vendor reports a failure under a status of success."),
        }
    }
}

impl Unreadable {
    /// No JSON behind what stands before.
    pub(crate) fn at(before: &[u8]) -> Self {
        let lines = before.split(|byte| *byte == b'\n');
        let column = lines.clone().next_back().map_or(0, <[u8]>::len);
        Self::NotJson { line: lines.count(), column }
    }
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        Self::NotJson { line: error.line(), column: error.column() }
    }
}

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

/// What `#[model]` gives a struct.
pub(crate) trait Model {
    /// The vendor's names of its fields.
    const FIELDS: &'static [&'static str];

    /// Puts the next value of the map into a field, told by its place in [`Model::FIELDS`].
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    fn fill<'de, A: MapAccess<'de>>(&mut self, field: usize, map: &mut A) -> Result<(), A::Error>;

    /// What no field is for.
    fn extra(&mut self) -> &mut Object;
}

/// One that stays where it is while it is filled.
#[cfg(feature = "python")]
impl<M: Model> Model for &mut M {
    const FIELDS: &'static [&'static str] = M::FIELDS;

    fn fill<'de, A: MapAccess<'de>>(&mut self, field: usize, map: &mut A) -> Result<(), A::Error> {
        M::fill(self, field, map)
    }

    fn extra(&mut self) -> &mut Object {
        M::extra(self)
    }
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

impl<T: Decode> Slot for Option<T> {
    fn fill<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        *self = map.next_value_seed(Seed::new())?;
        Ok(())
    }
}

impl<T: Decode> Slot for Vec<T> {
    fn fill<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        *self = map.next_value_seed(Seed::new())?.unwrap_or_default();
        Ok(())
    }
}

impl Slot for Object {
    fn fill<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        *self = map.next_value_seed(Seed::new())?.unwrap_or_default();
        Ok(())
    }
}

/// The visits that find another type than the one looked for: the value is read over and counts as nothing.
macro_rules! otherwise_nothing {
    ($($visit:ident)*) => { $( otherwise_nothing!(@ $visit); )* };
    (@ bool) => { fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> { Ok(None) } };
    (@ number) => {
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> { Ok(None) }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> { Ok(None) }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> { Ok(None) }
    };
    (@ text) => { fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> { Ok(None) } };
    (@ null) => { fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok(None) } };
    (@ list) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok(None)
        }
    };
    (@ number_or_map) => {
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            $crate::answer::number_in(map)?.map_or(Ok(None), |number| self.visit_str(&number))
        }
    };
    (@ map) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(None)
        }
    };
}
pub(crate) use otherwise_nothing;

/// With serde_json's feature `arbitrary_precision`, which any crate of a build may switch on for all, a number comes
/// as a map of one member: its text, under this name. Somebody may also send a member of this name, holding anything.
#[inline(never)]
pub(crate) fn number_in<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<String>, A::Error> {
    let Some(Key(key)) = map.next_key()? else { return Ok(None) };
    number_behind(&key, &mut map)
}

/// [`number_in`], where the first name was read.
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

/// `expecting` of visitors that take anything: it is never shown.
macro_rules! expects_anything {
    () => {
        fn expecting(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            formatter.write_str("any JSON value")
        }
    };
}
pub(crate) use expects_anything;

impl Decode for String {
    #[inline]
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        decode_text(deserializer, |text| text.into())
    }
}

/// Name by which this crate's reader is asked for text as a string, and for a number as the bytes it is written with.
pub(crate) const TEXT: &str = "$hudhud::Text";

/// Name by which serde_json is asked for a value as it is written.
const RAW: &str = "$serde_json::private::RawValue";

/// Text, or a number as text, made what the caller keeps.
///
/// # Errors
/// Only if the JSON itself is broken.
#[inline]
pub(crate) fn decode_text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    keep: impl FnOnce(&str) -> T,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_newtype_struct(TEXT, Text::<false, _>(keep))
}

/// Visitor of text. A float would lose digits, so a number is read as it is written, if the reader supports that; `ASKED`
/// marks the second question.
struct Text<const ASKED: bool, F>(F);

impl<'de, const ASKED: bool, T, F: FnOnce(&str) -> T> Visitor<'de> for Text<ASKED, F> {
    type Value = Option<T>;
    expects_anything!();
    otherwise_nothing!(bool null list);

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if ASKED {
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
        let number = core::str::from_utf8(number).ok().and_then(mend::number_as_text);
        Ok(number.map(|number| self.0(&number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(self.0(&number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(self.0(&number.to_string())))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
        // As JSON writes it: the one writer of floats that a small program need have.
        self.visit_bytes(Json::from(number).as_str().as_bytes())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Some(Key(key)) = map.next_key()? else { return Ok(None) };
        if key != RAW {
            let number = number_behind(&key, &mut map)?;
            return number.map_or(Ok(None), |number| self.visit_bytes(number.as_bytes()));
        }
        let Key(raw) = map.next_value()?;
        match raw.as_bytes().first() {
            Some(b'"') => match raw.get(1..raw.len() - 1) {
                Some(text) if !text.contains('\\') => self.visit_str(text),
                _ => Ok(serde_json::from_str::<String>(&raw).ok().map(|text| self.0(&text))),
            },
            Some(b'-' | b'0'..=b'9') => self.visit_bytes(raw.as_bytes()),
            _ => Ok(None),
        }
    }
}

impl Decode for Timestamp {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(String::decode(deserializer)?.map(Self::from))
    }
}

macro_rules! decode_number {
    ($type:ty, $u64:expr, $i64:expr, $f64:expr, $text:expr) => {
        impl Decode for $type {
            fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
                struct Number;

                impl<'de> Visitor<'de> for Number {
                    type Value = Option<$type>;
                    expects_anything!();
                    otherwise_nothing!(bool null list number_or_map);

                    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                        let read: fn(u64) -> Option<$type> = $u64;
                        Ok(read(number))
                    }

                    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                        let read: fn(i64) -> Option<$type> = $i64;
                        Ok(read(number))
                    }

                    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                        let read: fn(f64) -> Option<$type> = $f64;
                        Ok(read(number))
                    }

                    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                        let read: fn(f64) -> Option<$type> = $f64;
                        let exact: fn(&str) -> Option<$type> = $text;
                        let text = text.trim();
                        Ok(exact(text).or_else(|| read(float(text)?)))
                    }
                }

                deserializer.deserialize_any(Number)
            }
        }
    };
}

/// A float that is a whole number, as databases' aggregates come: `12.0`.
fn whole(number: f64) -> Option<i64> {
    // Up to 2^53 a float tells whole numbers apart.
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation, reason = "within the bounds, and compared back")]
    let integer = number as i64;
    #[allow(clippy::cast_precision_loss, reason = "within 2^53")]
    let same = integer as f64 == number;
    (same && (-LIMIT..=LIMIT).contains(&number)).then_some(integer)
}

/// A float as JSON has it: with the one reader of floats that is here anyway.
fn float(text: &str) -> Option<f64> {
    serde_json::from_str(text).ok().filter(|float: &f64| float.is_finite())
}

decode_number!(u64, Some, |number| number.try_into().ok(), |number| whole(number)?.try_into().ok(), |text| {
    text.parse().ok()
});
decode_number!(i64, |number| number.try_into().ok(), Some, whole, |text| text.parse().ok());
#[allow(clippy::cast_precision_loss, reason = "a rate is a float")]
mod rates {
    use super::{Decode, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor, float};
    decode_number!(
        f64,
        |number| Some(number as f64),
        |number| Some(number as f64),
        |number| Some(number).filter(|number| number.is_finite()),
        float
    );
}

impl Decode for bool {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        struct Flag;

        impl<'de> Visitor<'de> for Flag {
            type Value = Option<bool>;
            expects_anything!();
            otherwise_nothing!(null list number_or_map);

            fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
                Ok(Some(flag))
            }

            // A database's tinyint.
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(match number {
                    0 => Some(false),
                    1 => Some(true),
                    _ => None,
                })
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(None)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(None)
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(match text {
                    "1" | "true" => Some(true),
                    "0" | "false" => Some(false),
                    _ => None,
                })
            }
        }

        deserializer.deserialize_any(Flag)
    }
}

impl Decode for Json {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let Untyped(json) = serde::Deserialize::deserialize(deserializer)?;
        Ok(if json.is_null() { None } else { Some(json) })
    }
}

/// JSON of an answer without a type. Numbers larger than all floats become `null`.
pub(crate) struct Untyped(pub(crate) Json);

impl<'de> serde::Deserialize<'de> for Untyped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(deserializer).map(|json| Self(without_endless(json)))
    }
}

pub(crate) fn without_endless(json: Json) -> Json {
    match mend::numbers(json.as_str(), false) {
        // It was JSON before, and is it still.
        Cow::Owned(mended) => mended.trim_end().parse().unwrap_or(json),
        Cow::Borrowed(_) => json,
    }
}

impl Decode for Object {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Option<Object>;
            expects_anything!();
            // PHP writes an empty map as `[]`.
            otherwise_nothing!(bool number text null list);

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut object = Object::new();
                while let Some((name, Untyped(value))) = map.next_entry()? {
                    object.push(name, value);
                }
                Ok(Some(object))
            }
        }

        deserializer.deserialize_any(Members)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        struct Items<T>(PhantomData<T>);

        impl<'de, T: Decode> Visitor<'de> for Items<T> {
            type Value = Option<Vec<T>>;
            expects_anything!();
            otherwise_nothing!(bool number text null);

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                T::decode_items(list).map(Some)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let mut holes = Holes::new(map);
                let items = T::decode_items(&mut holes)?;
                Ok(holes.finish()?.then_some(items))
            }
        }

        deserializer.deserialize_any(Items(PhantomData))
    }
}

/// As `Vec` is decoded, for what is no `Vec`: hands over the items of a list, each as `seed` reads it, and tells
/// whether it was a list.
///
/// # Errors
/// Only if the JSON itself is broken.
#[cfg(feature = "python")]
pub(crate) fn decode_list<'de, D, T, S>(
    deserializer: D,
    seed: S,
    keep: impl FnMut(T),
) -> Result<bool, D::Error>
where
    D: Deserializer<'de>,
    S: DeserializeSeed<'de, Value = Option<T>> + Copy,
{
    struct Items<S, F>(S, F);

    impl<'de, T, S: DeserializeSeed<'de, Value = Option<T>> + Copy, F: FnMut(T)> Visitor<'de> for Items<S, F> {
        type Value = Option<()>;
        expects_anything!();
        otherwise_nothing!(bool number text null);

        fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Self::Value, A::Error> {
            while let Some(item) = seq.next_element_seed(self.0)? {
                item.map(&mut self.1);
            }
            Ok(Some(()))
        }

        fn visit_map<A: MapAccess<'de>>(mut self, map: A) -> Result<Self::Value, A::Error> {
            let mut holes = Holes::new(map);
            while let Some(item) = holes.next_element_seed(self.0)? {
                item.map(&mut self.1);
            }
            Ok(holes.finish()?.then_some(()))
        }
    }

    Ok(deserializer.deserialize_any(Items(seed, keep))?.is_some())
}

/// A list that PHP wrote as an object: one with gaps, by its positions, and an empty one.
pub(crate) struct Holes<'de, A> {
    map: A,
    /// The first name other than a position: then the object is not a list.
    other: Option<Cow<'de, str>>,
    /// Set if a name was read already, and its value is next.
    begun: bool,
}

impl<'de, A: MapAccess<'de>> Holes<'de, A> {
    pub(crate) fn new(map: A) -> Self {
        Self { map, other: None, begun: false }
    }

    /// Starts at the first value, whose name was a position.
    pub(crate) fn begun(map: A) -> Self {
        Self { map, other: None, begun: true }
    }

    /// Reports a position.
    pub(crate) fn is_position(name: &str) -> bool {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Returns the first name other than a position; its value is next.
    pub(crate) fn other(self) -> Option<Cow<'de, str>> {
        self.other
    }

    /// Skips the rest, and reports a list.
    pub(crate) fn finish(mut self) -> Result<bool, A::Error> {
        if self.other.is_none() {
            return Ok(true);
        }
        self.map.next_value::<IgnoredAny>()?;
        while self.map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }
}

impl<'de, A: MapAccess<'de>> SeqAccess<'de> for Holes<'de, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        if self.other.is_some() {
            return Ok(None);
        }
        if !core::mem::take(&mut self.begun) {
            match self.map.next_key()? {
                None => return Ok(None),
                Some(Key(name)) if !Self::is_position(&name) => {
                    self.other = Some(name);
                    return Ok(None);
                }
                Some(_) => {}
            }
        }
        self.map.next_value_seed(seed).map(Some)
    }
}

/// The name of a member, borrowed from the body where it holds no escapes.
pub(crate) struct Key<'de>(pub(crate) Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name")
            }

            #[inline]
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.into())))
            }
        }

        deserializer.deserialize_str(Name)
    }
}

/// Reads the name of a member, and says for which of the fields it is: by its place. Likely it is the one that is next:
/// where the answer has its fields in the vendor's own order. A reader that can make use of a guess is told it as the
/// name of a unit struct.
struct Among<'a, 'de> {
    fields: &'static [&'static str],
    next: usize,
    /// Where the name is left if no field has it; the place then means nothing. So what is read is one number, which
    /// needs no memory to be handed over.
    other: &'a mut Option<Cow<'de, str>>,
}

impl<'de> Among<'_, 'de> {
    fn place(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| *field == name)
    }
}

impl<'de> DeserializeSeed<'de> for Among<'_, 'de> {
    type Value = usize;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_unit_struct(self.fields.get(self.next).copied().unwrap_or_default(), self)
    }
}

impl<'de> Visitor<'de> for Among<'_, 'de> {
    type Value = usize;
    expects_anything!();

    #[inline]
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.next)
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(self.place(name).unwrap_or_else(|| {
            *self.other = Some(Cow::Borrowed(name));
            self.next
        }))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.place(name).unwrap_or_else(|| {
            *self.other = Some(Cow::Owned(name.into()));
            self.next
        }))
    }
}

/// The next member of a map, whatever the model.
#[cfg_attr(target_family = "wasm", inline(never))]
fn next_member<'de, A: MapAccess<'de>>(
    map: &mut A,
    fields: &'static [&'static str],
    next: usize,
    other: &mut Option<Cow<'de, str>>,
) -> Result<Option<usize>, A::Error> {
    map.next_key_seed(Among { fields, next, other })
}

/// [`Decode`] of a model, which `new` begins.
///
/// # Errors
/// Only if the JSON itself is broken.
pub(crate) fn decode_model<'de, M: Model, D: Deserializer<'de>>(
    deserializer: D,
    new: impl FnOnce() -> M,
) -> Result<Option<M>, D::Error> {
    struct Members<F>(F);

    impl<'de, M: Model, F: FnOnce() -> M> Visitor<'de> for Members<F> {
        type Value = Option<M>;
        expects_anything!();
        otherwise_nothing!(bool number text null);

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let (mut model, mut next, mut other) = (self.0(), 0, None);
            while let Some(field) = next_member(&mut map, M::FIELDS, next, &mut other)? {
                match other.take() {
                    Some(name) => {
                        let Untyped(value) = map.next_value()?;
                        model.extra().push(name.into_owned(), value);
                    }
                    None => {
                        model.fill(field, &mut map)?;
                        next = field + 1;
                    }
                }
            }
            Ok(Some(model))
        }

        // PHP's empty map.
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut empty = true;
            while seq.next_element::<IgnoredAny>()?.is_some() {
                empty = false;
            }
            Ok(empty.then(self.0))
        }
    }

    deserializer.deserialize_any(Members(new))
}

/// [`decode_model`] where there must be one, for `serde::Deserialize`.
///
/// # Errors
/// If the JSON is broken or no object.
pub(crate) fn require_model<'de, M: Model + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<M, D::Error> {
    decode_model(deserializer, M::default)?.ok_or_else(|| D::Error::custom("not an object"))
}

/// Returns a body as text, without a byte order mark, and with U+FFFD for half a pair of surrogates. A body is checked as
/// a whole and not string by string: one reader then serves bodies and their parts, once for each type of answer.
///
/// # Errors
/// [`Unreadable::NotJson`] if it is not UTF-8.
pub(crate) fn text(body: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let body = mend::unmarked(body);
    let text = core::str::from_utf8(body).map_err(|error| Unreadable::at(&body[..error.valid_up_to()]))?;
    Ok(mend::surrogates(text))
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
    read(&text).or_else(|fault| match mend::numbers(&text, true) {
        Cow::Owned(mended) => read(&mended),
        Cow::Borrowed(_) => Err(fault),
    })
}

/// Returns a bare text, in an object under the name of the field that it belongs to.
pub(crate) fn text_under(name: &str, body: &[u8]) -> Option<Vec<u8>> {
    let text = crate::json::in_bytes::<Json>(body).filter(|json| json.as_str().starts_with('"'))?;
    Some(alloc::format!("{{\"{name}\":{}}}", text.as_str()).into_bytes())
}

/// Whether there is nothing to read: no bytes, white space, or `null`.
pub(crate) fn is_blank(body: &[u8]) -> bool {
    matches!(mend::unmarked(body).trim_ascii(), b"" | b"null")
}

/// Reads a body that is an object, bare or inside `{"data": {…}}`.
///
/// # Errors
/// [`Unreadable`] if it is anything else. An empty body is an answer that says nothing.
pub(crate) fn read_model<M: Model + Default + Described>(body: &[u8]) -> Result<M, Unreadable> {
    if is_blank(body) {
        return Ok(M::default());
    }
    let fields = match const { M::KIND } {
        Kind::Model(schema) => schema.fields,
        _ => &[],
    };
    reading(body, |body| {
        let Some(Wrapped { data, beside }) = unwrap(fields, body)? else { return read_whole(body) };
        let mut model: M = read_whole(data.get())?;
        // What stood beside `data` is kept too.
        for (name, value) in beside {
            model.extra().push(name.into_owned(), without_endless(Json::from_raw(value)));
        }
        Ok(model)
    })
}

fn read_whole<M: Model + Default>(text: &str) -> Result<M, Unreadable> {
    struct Whole<M>(PhantomData<M>);

    impl<'de, M: Model + Default> DeserializeSeed<'de> for Whole<M> {
        type Value = Option<M>;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<M>, D::Error> {
            decode_model(deserializer, M::default)
        }
    }

    read(text, Whole(PhantomData))?.ok_or(Unreadable::Shape { expected: "a JSON object" })
}

/// An object inside another, under `data`.
pub(crate) struct Wrapped<'de> {
    pub(crate) data: &'de RawValue,
    /// What no field is for.
    pub(crate) beside: Vec<(Cow<'de, str>, &'de RawValue)>,
}

/// Looks for `{"data": {…}}` that is no page. What is bare is mostly seen at once, and read only once.
pub(crate) fn unwrap<'de>(fields: &[Field], body: &'de str) -> Result<Option<Wrapped<'de>>, Unreadable> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Option<Wrapped<'de>>;
        expects_anything!();
        otherwise_nothing!(bool number text null list);

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let (mut data, mut is_page, mut beside) = (None, false, Vec::new());
            while let Some(Key(key)) = map.next_key()? {
                let value: &RawValue = map.next_value()?;
                is_page |= key == "current_page";
                if key == "data" {
                    data = Some(value);
                } else {
                    beside.push((key, value));
                }
            }
            let data = data.filter(|data| !is_page && data.get().starts_with('{'));
            Ok(data.map(|data| Wrapped { data, beside }))
        }
    }

    struct Whole;

    impl<'de> DeserializeSeed<'de> for Whole {
        type Value = Option<Wrapped<'de>>;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_any(Members)
        }
    }

    let has = |name: &str| fields.iter().any(|field| field.name == name);
    // A field of that name is a field. A name with escapes in it is the same name, but nobody writes this one so.
    if has("data") || !body.contains("\"data\"") && !body.contains('\\') {
        return Ok(None);
    }
    Ok(read(body, Whole)?.map(|mut wrapped| {
        wrapped.beside.retain(|(name, _)| !has(name));
        wrapped
    }))
}

/// A list that is not paged: a bare array, or `{"data": […]}`.
impl<T: Decode + Described + serde::Serialize> Answer for Vec<T> {
    fn read(_: u16, body: &[u8]) -> Result<Self, Unreadable> {
        crate::page::Page::read(200, body).map(|page| page.data)
    }
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
