//! JSON as a tree of values, for Kotlin and Swift.

use std::collections::HashMap;

use hudhud::{Error, InvalidJson, Json, Object};

use crate::error::HudhudError;

/// The greatest depth of JSON without a declared type. Deeper parts are passed as text.
pub(crate) const DEEPEST: usize = 128;

/// Any JSON value, as a tree.
#[derive(Clone, Debug, PartialEq, uniffi::Enum)]
pub enum JsonValue {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(#[uniffi(name = "value")] bool),
    /// An integer of 64 bits.
    Int(#[uniffi(name = "value")] i64),
    /// A number with a fraction.
    Double(#[uniffi(name = "value")] f64),
    /// The text of a number that neither `Int` nor `Double` holds without losing a digit, or of JSON that is nested
    /// deeper than 128 levels.
    Digits(#[uniffi(name = "text")] String),
    /// Text.
    Text(#[uniffi(name = "value")] String),
    /// An array.
    Array(#[uniffi(name = "items")] Vec<JsonValue>),
    /// An object.
    Object(#[uniffi(name = "members")] HashMap<String, JsonValue>),
}

impl JsonValue {
    fn of(json: &Json) -> Self {
        Self::within(json, 0)
    }

    /// Converts JSON. Parts that are nested too deep stay text, because the stack is limited.
    fn within(json: &Json, depth: usize) -> Self {
        let text = json.as_str();
        let read = match text.as_bytes().first() {
            Some(b'"') => json.as_text().map(|text| Self::Text(text.into_owned())),
            Some(b'{' | b'[') if depth == DEEPEST => None,
            Some(b'{') => json.read::<Object>().ok().map(|object| Self::Object(members(&object, depth + 1))),
            Some(b'[') => {
                let items = json.read::<Vec<Json>>().ok();
                items.map(|items| {
                    Self::Array(items.iter().map(|item| Self::within(item, depth + 1)).collect())
                })
            }
            Some(b't' | b'f') => json.read().ok().map(Self::Bool),
            Some(b'n') | None => Some(Self::Null),
            _ => Some(Self::number(text)),
        };
        read.unwrap_or_else(|| Self::Digits(text.to_owned()))
    }

    pub(crate) fn number(text: &str) -> Self {
        if let Ok(number) = text.parse() {
            return Self::Int(number);
        }
        // A float is used only if it writes the same number again.
        let is_short = text.bytes().filter(u8::is_ascii_digit).count() <= 15;
        match text.parse::<f64>() {
            Ok(float) if is_short && float.is_finite() => Self::Double(float),
            // The number is larger than every float, and is not written with all its digits, so no host can represent
            // it.
            Ok(float) if !float.is_finite() && text.contains(['.', 'e', 'E']) => Self::Null,
            _ => Self::Digits(text.to_owned()),
        }
    }

    fn into_json(self) -> Result<Json, InvalidJson> {
        match self {
            Self::Null => Ok(Json::default()),
            Self::Bool(flag) => Ok(flag.into()),
            Self::Int(number) => Ok(number.into()),
            Self::Double(number) if number.is_finite() => Json::write(&number),
            Self::Double(_) => "NaN".parse(),
            Self::Digits(text) => text.parse(),
            Self::Text(text) => Ok(text.into()),
            Self::Array(items) => {
                let items: Result<Vec<_>, _> = items.into_iter().map(Self::into_json).collect();
                Json::write(&items?)
            }
            Self::Object(members) => Json::write(&object(members)?),
        }
    }
}

fn members(object: &Object, depth: usize) -> HashMap<String, JsonValue> {
    object.iter().map(|(name, value)| (name.to_owned(), JsonValue::within(value, depth))).collect()
}

/// Sorts the members by name. A hash map has no order, and the same call must give the same bytes.
fn object(members: HashMap<String, JsonValue>) -> Result<Object, InvalidJson> {
    let mut members: Vec<_> = members.into_iter().collect();
    members.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    members.into_iter().map(|(name, value)| Ok((name, value.into_json()?))).collect()
}

/// Returns the error for a value that is not JSON.
fn refused(_: InvalidJson) -> HudhudError {
    Error::invalid("json", "The JSON has an invalid number.").into()
}

uniffi::custom_type!(
    /// Any JSON value.
    Json, JsonValue, {
        remote,
        lower: |json| JsonValue::of(&json),
        try_lift: |value| Ok(value.into_json().map_err(refused)?),
    }
);
uniffi::custom_type!(
    /// A JSON object.
    Object, HashMap<String, JsonValue>, {
        remote,
        lower: |object| members(&object, 0),
        try_lift: |map| Ok(object(map).map_err(refused)?),
    }
);

#[cfg(test)]
mod tests {
    use hudhud::Json;

    use super::{DEEPEST, JsonValue};

    #[test]
    fn json_crosses_without_losing_a_digit() {
        for text in [
            "null",
            "true",
            "-5",
            "9223372036854775807",
            "123456789012345678901234567890",
            "1.5",
            "\"a\\\"b\"",
            "0.1234567890123456789",
            "[1,[],{\"a\":{\"b\":null}}]",
        ] {
            let json: Json = text.parse().unwrap();
            assert_eq!(JsonValue::of(&json).into_json().unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let none =
            [JsonValue::Double(f64::NAN), JsonValue::Double(f64::INFINITY), JsonValue::Digits("five".into())];
        for value in none {
            assert!(
                JsonValue::Array([JsonValue::Null, value.clone()].into()).into_json().is_err(),
                "{value:?}"
            );
        }
    }

    #[test]
    fn what_is_nested_deeper_than_a_stack_should_bear_crosses_as_its_text() {
        let nested = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat();
        for levels in [1, DEEPEST, DEEPEST + 1, 100 * DEEPEST] {
            let json: Json = nested(levels).parse().unwrap();
            let (mut value, mut depth) = (JsonValue::of(&json), 0);
            let whole = value.clone();
            while let JsonValue::Array(mut items) = value {
                depth += 1;
                value = items.pop().unwrap_or(JsonValue::Null);
            }
            assert_eq!(depth, levels.min(DEEPEST));
            let rest = nested(levels.saturating_sub(DEEPEST));
            assert_eq!(value, if rest.is_empty() { JsonValue::Null } else { JsonValue::Digits(rest) });
            assert_eq!(whole.into_json().unwrap().as_str(), json.as_str());
        }
    }
}
