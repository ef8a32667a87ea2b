//! Reads JSON where the program must be small, with serde_json's reader, which is there anyway: in a Worker, and in the
//! library for Kotlin and Swift, which reads answers otherwise (`bindings/uniffi/tape.rs`). `fast.rs` is the quick
//! one that other programs get.

use serde::de::DeserializeSeed;

use crate::codec::error::Unreadable;

/// Reads a whole text by a seed.
///
/// # Errors
/// [`Unreadable::NotJson`] if the text is not one JSON value, or the seed refuses it.
pub(crate) fn read<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, Unreadable> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}
