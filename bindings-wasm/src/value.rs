//! Core's facts as plain JavaScript objects.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// Absent values are `null`, 64-bit integers `bigint`, and bytes a `Uint8Array`. JavaScript converts a `bigint` that a
/// number can hold exactly to a number.
const VALUES: Serializer = Serializer::json_compatible()
    .serialize_large_number_types_as_bigints(true)
    .serialize_bytes_as_arrays(false);

/// Converts a fact to a JavaScript value. The names of its members come from this library, never from the vendor: the
/// conversion assigns them, and an assigned `__proto__` would be no member.
pub(crate) fn value(fact: &impl Serialize) -> JsValue {
    // The serializer refuses only names that are not texts. Core has none.
    fact.serialize(&VALUES).unwrap_or_default()
}

/// An object with one member.
pub(crate) struct Member<T>(pub(crate) &'static str, pub(crate) T);

impl<T: Serialize> Serialize for Member<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, &self.1)])
    }
}
