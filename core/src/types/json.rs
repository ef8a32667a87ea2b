//! JSON without a declared type, kept as its text: no digit is lost, and no member changes its position.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
#[cfg(feature = "compact-json")]
use core::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::redact::{REDACTED, Redact};
use crate::text::json_reader;
use crate::text::repeats::{FEW, first_positions};

/// The vendor's identifier: opaque text, a UUID in every sample.
pub type Id = String;

/// A day, as `YYYY-MM-DD`.
pub type Date = String;

/// Any JSON value, as text.
///
/// ```
/// use hudhud::Json;
/// let big: Json = "123456789012345678901234567890".parse()?;
/// assert_eq!(big.as_str(), "123456789012345678901234567890");
/// assert_eq!(Json::from("hi").as_str(), "\"hi\"");
/// # Ok::<(), hudhud::InvalidJson>(())
/// ```
#[derive(Clone, Default)]
pub struct Json(Box<RawValue>);

/// The error for a text that is not one JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidJson {
    /// The line of the first error, counted from 1. It is 0 if the text is empty, or if the error has no place.
    pub line: usize,
    /// The column of the first error, counted from 1. It is 0 in the same cases as `line`.
    pub column: usize,
}

impl fmt::Display for InvalidJson {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { line, column } = self;
        if *column == 0 {
            return formatter.write_str("expected one JSON value");
        }
        write!(formatter, "expected one JSON value; the error is at line {line}, column {column}")
    }
}

impl core::error::Error for InvalidJson {}

/// Reads a text as a type.
fn parse<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, InvalidJson> {
    #[cfg(feature = "compact-json")]
    return json_reader::read(text, PhantomData).map_err(|at| {
        let (line, column) = json_reader::position(text.as_bytes(), at);
        InvalidJson { line, column }
    });
    #[cfg(not(feature = "compact-json"))]
    serde_json::from_str(text).map_err(InvalidJson::from)
}

impl From<serde_json::Error> for InvalidJson {
    fn from(error: serde_json::Error) -> Self {
        Self { line: error.line(), column: error.column() }
    }
}

impl Json {
    /// Returns the text of the value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Reads the value as another type.
    ///
    /// # Errors
    /// [`InvalidJson`] if the value does not fit the type.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, InvalidJson> {
        parse(self.as_str())
    }

    /// Writes any serialisable value as JSON.
    ///
    /// # Errors
    /// [`InvalidJson`] if the value has no JSON form, such as a map whose keys are not text. NaN and infinities become
    /// `null`, as in `serde_json`.
    pub fn write<T: Serialize + ?Sized>(value: &T) -> Result<Self, InvalidJson> {
        Ok(Self::from_valid(serde_json::to_string(value)?))
    }

    /// Returns the string without quotes and escapes, if the value is a JSON string.
    #[must_use]
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        let inside = self.as_str().strip_prefix('"')?.strip_suffix('"')?;
        if inside.contains('\\') {
            // Half a pair of surrogates is replaced, so that the rest of the string stays readable.
            let text = crate::text::json_repair::surrogates(self.as_str());
            json_reader::string(&text).map(|text| Cow::Owned(text.into_owned()))
        } else {
            Some(Cow::Borrowed(inside))
        }
    }

    /// Wraps a text that is known to be valid JSON, such as a text that was just written.
    pub(crate) fn from_valid(text: String) -> Self {
        Self(json_reader::raw_value(text))
    }

    pub(crate) fn from_raw(raw: &RawValue) -> Self {
        Self(raw.to_owned())
    }

    /// Returns `true` for `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.as_str() == "null"
    }
}

impl core::str::FromStr for Json {
    type Err = InvalidJson;

    fn from_str(text: &str) -> Result<Self, InvalidJson> {
        parse(text).map(Self)
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Debug for Json {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "Json({REDACTED})")
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::deserialize(deserializer).map(Self)
    }
}

macro_rules! from_plain {
    ($($type:ty),*) => { $(
        impl From<$type> for Json {
            fn from(value: $type) -> Self {
                // Text, booleans and integers can always be written as JSON.
                serde_json::to_string(&value).map(Self::from_valid).unwrap_or_default()
            }
        }
    )* };
}
from_plain!(&str, String, bool, i64, u64, i32, u32, f64, serde_json::Value);

/// A JSON object: names and values in the order of arrival.
///
/// ```
/// use hudhud::Object;
/// let fields = Object::from([("city", "New York"), ("plan", "gold")]);
/// assert_eq!(fields.text("city").as_deref(), Some("New York"));
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Object(Vec<(String, Json)>);

impl Object {
    /// Creates an object without members.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns `true` if the object has no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the value of a member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Returns the text of a member that is a JSON string.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name)?.as_text()
    }

    /// Sets a member: at its position if it exists, else at the end. The search takes time in proportion to the number
    /// of members. To set many members, collect pairs or use [`Object::extend`].
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Json>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter_mut().find(|(key, _)| *key == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }

    /// Removes a member and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let at = self.0.iter().rposition(|(key, _)| key == name)?;
        let (_, value) = self.0.remove(at);
        self.0.retain(|(key, _)| key != name);
        Some(value)
    }

    /// Iterates over the members, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Keeps one member of each name: the last value, at the first position.
    fn unite(&mut self) {
        let is_new = |at: usize| self.0[..at].iter().all(|(name, _)| *name != self.0[at].0);
        if self.0.len() <= FEW && (0..self.0.len()).all(is_new) {
            return;
        }
        let first_positions =
            first_positions(&self.0.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
        let mut places = Vec::with_capacity(first_positions.len());
        let mut members: Vec<(String, Json)> = Vec::with_capacity(first_positions.len());
        for ((name, value), first) in core::mem::take(&mut self.0).into_iter().zip(first_positions) {
            let place = places.get(first).copied().unwrap_or(members.len());
            match members.get_mut(place) {
                Some((_, old)) => *old = value,
                None => members.push((name, value)),
            }
            places.push(place);
        }
        self.0 = members;
    }

    /// Adds a member without searching for its name.
    pub(crate) fn push(&mut self, name: String, value: Json) {
        self.0.push((name, value));
    }
}

impl Debug for Object {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        // Names are the vendor's or the user's words and may be private too. Their number is not.
        write!(formatter, "Object({} members)", self.len())
    }
}

impl<K: Into<String>, V: Into<Json>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        let mut object = Self::new();
        object.extend(members);
        object
    }
}

/// Sets members as [`Object::insert`] does.
impl<K: Into<String>, V: Into<Json>> Extend<(K, V)> for Object {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, members: I) {
        self.0.extend(members.into_iter().map(|(name, value)| (name.into(), value.into())));
        self.unite();
    }
}

impl<K: Into<String>, V: Into<Json>, const N: usize> From<[(K, V); N]> for Object {
    fn from(members: [(K, V); N]) -> Self {
        members.into_iter().collect()
    }
}

impl core::str::FromStr for Object {
    type Err = InvalidJson;

    fn from_str(text: &str) -> Result<Self, InvalidJson> {
        parse(text)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Object::new();
                while let Some((name, value)) = map.next_entry()? {
                    object.push(name, value);
                }
                Ok(object)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// The bytes of a file.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Debug for Bytes {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "Bytes({})", self.0.len())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl From<&str> for Bytes {
    fn from(text: &str) -> Self {
        Self(text.to_string().into_bytes())
    }
}

crate::redact::debug_is_safe!(Bytes);

impl Redact for Json {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(self, formatter)
    }
}

impl Redact for Object {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, Object};
    use alloc::format;
    use alloc::string::ToString;

    #[test]
    fn members_keep_their_order_and_their_digits() {
        let text = r#"{"z":123456789012345678901234567890,"a":1.10,"m":"x\"y"}"#;
        let object: Object = text.parse().unwrap();
        assert_eq!(serde_json::to_string(&object).unwrap(), text);
        assert_eq!(object.text("m").unwrap(), "x\"y");
        assert_eq!(object.text("a"), None);
    }

    #[test]
    fn a_member_is_replaced_in_its_place_and_removed_whole() {
        let mut object = Object::from([("a", 1), ("b", 2)]);
        object.insert("a", 3);
        assert_eq!(serde_json::to_string(&object).unwrap(), r#"{"a":3,"b":2}"#);
        assert_eq!(object.remove("a"), Some(Json::from(3)));
        assert_eq!(object.len(), 1);
    }

    #[test]
    fn of_pairs_with_one_name_the_last_counts_in_the_place_of_the_first() {
        for many in [3, 100] {
            let names = (0..many).map(|number| (format!("m{number}"), number));
            let again = [("m1", 7), ("m0", 8), ("m1", 9)].map(|(name, value)| (name.to_string(), value));
            let object: Object = names.chain(again).collect();
            assert_eq!(object.len(), many as usize);
            let text = serde_json::to_string(&object).unwrap();
            assert!(text.starts_with(r#"{"m0":8,"m1":9,"m2":2"#), "{text}");
        }
    }

    #[test]
    fn text_that_is_not_one_value_is_refused_without_showing_it() {
        let error = "{\"sk_secret\":".parse::<Json>().unwrap_err();
        assert!(!error.to_string().contains("sk_secret"));
    }
}
