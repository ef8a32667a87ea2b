//! Writes the members of the facts that cross to other languages, such as metadata and errors.
//!
//! Their names are constants, so they are written as the fields of a struct: a host can then keep the names in its own
//! form, and converts each only once.

use serde::ser::SerializeStruct;

/// Writes a member, or leaves it out if it is absent.
pub(crate) fn optional<S: SerializeStruct, T: serde::Serialize>(
    members: &mut S,
    name: &'static str,
    value: Option<T>,
) -> Result<(), S::Error> {
    match value {
        Some(value) => members.serialize_field(name, &value),
        None => members.skip_field(name),
    }
}
