//! Decoding of single values and of lists: text, numbers, booleans, JSON.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::codec::output::visitor::{BorrowedKey, decode_text, expecting_any, ignore_other_types};
use crate::codec::output::{Decode, Seed, Slot};
use crate::text::json_number::float;
use crate::types::json::{Json, Object};
use crate::types::time::Timestamp;

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

impl Decode for String {
    #[inline]
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        decode_text(deserializer, |text| text.into())
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
                    crate::codec::output::visitor::expecting_any!();
                    crate::codec::output::visitor::ignore_other_types!(bool null list number_or_map);

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

/// Converts a float that is a whole number, such as `12.0`. Databases return aggregates in this form.
fn whole(number: f64) -> Option<i64> {
    // Up to 2^53 each whole number has its own float.
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation, reason = "within the bounds, and compared back")]
    let integer = number as i64;
    #[allow(clippy::cast_precision_loss, reason = "within 2^53")]
    let same = integer as f64 == number;
    (same && (-LIMIT..=LIMIT).contains(&number)).then_some(integer)
}

decode_number!(u64, Some, |number| number.try_into().ok(), |number| whole(number)?.try_into().ok(), |text| {
    text.parse().ok()
});
decode_number!(i64, |number| number.try_into().ok(), Some, whole, |text| text.parse().ok());
#[allow(clippy::cast_precision_loss, reason = "a rate is a float")]
mod rates {
    use super::{Deserializer, Visitor, float};
    use crate::codec::output::Decode;
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
            expecting_any!();
            ignore_other_types!(null list number_or_map);

            fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
                Ok(Some(flag))
            }

            // Databases often store a boolean as 0 or 1.
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

/// JSON of a response without a declared type. Numbers larger than every float become `null`.
pub(crate) struct Untyped(pub(crate) Json);

impl<'de> serde::Deserialize<'de> for Untyped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(deserializer).map(|json| Self(without_endless(json)))
    }
}

pub(crate) fn without_endless(json: Json) -> Json {
    match crate::text::json_repair::numbers(json.as_str(), false) {
        // The text was valid JSON, and the repair keeps it valid.
        Cow::Owned(repaired) => repaired.trim_end().parse().unwrap_or(json),
        Cow::Borrowed(_) => json,
    }
}

impl Decode for Object {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Option<Object>;
            expecting_any!();
            // PHP writes an empty map as `[]`.
            ignore_other_types!(bool number text null list);

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
            expecting_any!();
            ignore_other_types!(bool number text null);

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                T::decode_items(list).map(Some)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let mut sparse = SparseList::new(map);
                let items = T::decode_items(&mut sparse)?;
                Ok(sparse.finish()?.then_some(items))
            }
        }

        deserializer.deserialize_any(Items(PhantomData))
    }
}

/// Decodes a list as `Vec` is decoded, but passes each item to a function instead. Returns `true` if the value was a
/// list.
///
/// # Errors
/// Only if the JSON itself is broken.
pub fn decode_list<'de, D, T, S>(deserializer: D, seed: S, keep: impl FnMut(T)) -> Result<bool, D::Error>
where
    D: Deserializer<'de>,
    S: DeserializeSeed<'de, Value = Option<T>> + Copy,
{
    struct Items<S, F>(S, F);

    impl<'de, T, S: DeserializeSeed<'de, Value = Option<T>> + Copy, F: FnMut(T)> Visitor<'de> for Items<S, F> {
        type Value = Option<()>;
        expecting_any!();
        ignore_other_types!(bool number text null);

        fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Self::Value, A::Error> {
            while let Some(item) = seq.next_element_seed(self.0)? {
                item.map(&mut self.1);
            }
            Ok(Some(()))
        }

        fn visit_map<A: MapAccess<'de>>(mut self, map: A) -> Result<Self::Value, A::Error> {
            let mut sparse = SparseList::new(map);
            while let Some(item) = sparse.next_element_seed(self.0)? {
                item.map(&mut self.1);
            }
            Ok(sparse.finish()?.then_some(()))
        }
    }

    Ok(deserializer.deserialize_any(Items(seed, keep))?.is_some())
}

/// A list that PHP wrote as an object: an empty list, or a list with gaps, whose names are positions.
pub struct SparseList<'de, A> {
    map: A,
    /// The first name that is not a position. The object is then not a list.
    other: Option<Cow<'de, str>>,
    /// True if a name was already read, so that its value comes next.
    begun: bool,
}

impl<'de, A: MapAccess<'de>> SparseList<'de, A> {
    /// Starts at the first name.
    pub fn new(map: A) -> Self {
        Self { map, other: None, begun: false }
    }

    /// Starts at the first value, if its name was already read and is a position.
    pub(crate) fn begun(map: A) -> Self {
        Self { map, other: None, begun: true }
    }

    /// Returns `true` if the name is a position.
    pub(crate) fn is_position(name: &str) -> bool {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Returns the first name that is not a position. Its value comes next.
    pub(crate) fn other(self) -> Option<Cow<'de, str>> {
        self.other
    }

    /// Skips the rest. Returns `true` if the object was a list.
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    pub fn finish(mut self) -> Result<bool, A::Error> {
        if self.other.is_none() {
            return Ok(true);
        }
        self.map.next_value::<IgnoredAny>()?;
        while self.map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }
}

impl<'de, A: MapAccess<'de>> SeqAccess<'de> for SparseList<'de, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        if self.other.is_some() {
            return Ok(None);
        }
        if !core::mem::take(&mut self.begun) {
            match self.map.next_key()? {
                None => return Ok(None),
                Some(BorrowedKey(name)) if !Self::is_position(&name) => {
                    self.other = Some(name);
                    return Ok(None);
                }
                Some(_) => {}
            }
        }
        self.map.next_value_seed(seed).map(Some)
    }
}
