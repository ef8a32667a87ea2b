//! Errors for JSON and texts that hold a lone surrogate, as strings of some languages can.

use alloc::string::String;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::surrogates::{HALF, tell_halves};
use crate::error::Error;

/// Refuses JSON that holds a lone surrogate, as strings of some languages can. Faults are named by `at` and
/// the names of members.
///
/// # Errors
/// `invalid_request` for each field that holds one.
pub fn refuse_halves(json: &str, at: &str) -> Result<(), Error> {
    let mut faults = FieldErrors::default();
    tell_halves(json, &crate::text::json_repair::surrogates(json), at, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Error::from_faults(None, faults)) }
}

/// Returns the error for a text of this name that holds a lone surrogate.
#[must_use]
pub fn half(name: &str) -> Error {
    Error::invalid(name, HALF)
}

/// Does the same as [`refuse_halves`] for options in camel case. Faults use the snake-case names of the other
/// languages.
///
/// # Errors
/// `invalid_request` for each option that holds one.
pub fn refuse_halves_of_options(json: &str) -> Result<(), Error> {
    let Err(error) = refuse_halves(json, "") else { return Ok(()) };
    let mut faults = FieldErrors::default();
    for (name, messages) in error.field_errors().iter() {
        let (option, rest) = name.split_at(name.find('.').unwrap_or(name.len()));
        let mut told = String::new();
        for letter in option.chars() {
            if letter.is_ascii_uppercase() {
                told.push('_');
            }
            told.push(letter.to_ascii_lowercase());
        }
        told.push_str(rest);
        messages.iter().for_each(|message| faults.add(told.as_str(), message.as_str()));
    }
    Err(Error::from_faults(None, faults))
}
