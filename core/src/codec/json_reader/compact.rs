//! The reader for programs that must be small. Its code is in `text/json_reader.rs`.
//!
//! A Worker uses it, and the library for Kotlin and Swift, which decodes responses in another way
//! (`bindings-uniffi/src/tape/`). Other programs use the faster reader in `fast.rs`.

use serde::de::DeserializeSeed;

use crate::codec::error::DecodeError;

/// Reads a whole text with a seed.
///
/// # Errors
/// [`DecodeError::NotJson`] if the text is not one JSON value, or the seed refuses it.
pub fn read<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, DecodeError> {
    crate::text::json_reader::read(text, seed).map_err(|at| DecodeError::at(text.as_bytes(), at))
}
