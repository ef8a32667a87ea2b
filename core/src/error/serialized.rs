//! The form of an error in which it crosses to other languages.

use serde::ser::SerializeStruct;

use crate::error::Error;
use crate::http::metadata::{Meta, whole_millis};
use crate::text::members::optional;
use crate::types::idempotency_key::IdempotencyKey;

/// Serialises the whole error, under the names that every host uses. The result is for passing an error to another
/// language. Do not log it: unlike [`Display`], it contains the vendor's own words, which may be personal.
///
/// [`Display`]: core::fmt::Display
impl serde::Serialize for Error {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Error", ERROR_MEMBERS)?;
        write_error(self, &mut members, self.field_errors(), self.details())?;
        members.end()
    }
}

/// The number of members of an error's serialised form.
pub const ERROR_MEMBERS: usize = 13 + Meta::MEMBERS;

/// Writes the members of an error's serialised form. `field_errors` and `details`, whose names come from the vendor, are
/// written in the given forms.
pub fn write_error<S: SerializeStruct>(
    error: &Error,
    members: &mut S,
    field_errors: &impl serde::Serialize,
    details: &impl serde::Serialize,
) -> Result<(), S::Error> {
    members.serialize_field("kind", error.kind().as_str())?;
    members.serialize_field("call", &error.call())?;
    members.serialize_field("code", &error.code())?;
    members.serialize_field("message", error.message())?;
    members.serialize_field("field_errors", field_errors)?;
    members.serialize_field("required_ability", &error.required_ability())?;
    members.serialize_field("safe_to_retry", &error.safe_to_retry())?;
    members.serialize_field("may_have_happened", &error.may_have_happened())?;
    members.serialize_field("key_forgotten", &error.is_key_forgotten())?;
    members.serialize_field("attempts", &error.attempts())?;
    // No wait is longer than a `u64` of milliseconds.
    members.serialize_field("elapsed_ms", &(error.elapsed().as_millis() as u64))?;
    members.serialize_field("details", details)?;
    members.serialize_field("hint", &error.hint())?;
    match error.meta() {
        Some(meta) => meta.write(members),
        None => {
            optional(members, "retry_after_ms", error.0.held_for.map(whole_millis))?;
            members.serialize_field("idempotency_key", &error.idempotency_key().map(IdempotencyKey::as_str))
        }
    }
}
