//! Core's facts as plain JavaScript objects.

use serde::Serialize;
use serde::ser::SerializeStruct as _;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// Absent values are `null`, and bytes a `Uint8Array`.
const VALUES: Serializer = Serializer::json_compatible().serialize_bytes_as_arrays(false);

/// 64-bit integers are `bigint`. JavaScript converts a `bigint` that a number can hold exactly to a number.
const LARGE: Serializer = Serializer::json_compatible()
    .serialize_large_number_types_as_bigints(true)
    .serialize_bytes_as_arrays(false);

/// Converts a fact to a JavaScript value. The names of its members come from this library, never from the vendor: the
/// conversion assigns them, and an assigned `__proto__` would be no member.
pub(crate) fn value(fact: &impl Serialize) -> JsValue {
    // The first serializer refuses only integers that a number cannot hold exactly. The other one refuses only names that
    // are not texts, and core has none.
    fact.serialize(&VALUES).or_else(|_| fact.serialize(&LARGE)).unwrap_or_default()
}

/// An object with one member.
pub(crate) struct Member<T>(pub(crate) &'static str, pub(crate) T);

impl<T: Serialize> Serialize for Member<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Member", 1)?;
        members.serialize_field(self.0, &self.1)?;
        members.end()
    }
}
