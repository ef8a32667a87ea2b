//! Errors for JSON and texts that hold a lone surrogate, as strings of some languages can.

use alloc::string::String;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::surrogates::{LONE_SURROGATE, report_lone_surrogates};
use crate::error::Error;

/// Refuses JSON that holds a lone surrogate, as strings of some languages can. Faults are named by `at` and
/// the names of members.
///
/// # Errors
/// `invalid_request` for each field that holds one.
pub fn refuse_lone_surrogates(json: &str, at: &str) -> Result<(), Error> {
    let mut faults = FieldErrors::default();
    report_lone_surrogates(json, &crate::text::json_repair::surrogates(json), at, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Error::from_faults(None, faults)) }
}

/// Returns the error for a text of this name that holds a lone surrogate.
#[must_use]
pub fn lone_surrogate(name: &str) -> Error {
    Error::invalid(name, LONE_SURROGATE)
}

/// Does the same as [`refuse_lone_surrogates`] for options in camel case. Faults use the snake-case names of the other
/// languages.
///
/// # Errors
/// `invalid_request` for each option that holds one.
pub fn refuse_lone_surrogates_of_options(json: &str) -> Result<(), Error> {
    let Err(error) = refuse_lone_surrogates(json, "") else { return Ok(()) };
    let mut faults = FieldErrors::default();
    for (name, messages) in error.field_errors().iter() {
        let (option, rest) = name.split_at(name.find('.').unwrap_or(name.len()));
        let mut snake_case = String::new();
        for letter in option.chars() {
            if letter.is_ascii_uppercase() {
                snake_case.push('_');
            }
            snake_case.push(letter.to_ascii_lowercase());
        }
        snake_case.push_str(rest);
        messages.iter().for_each(|message| faults.add(snake_case.as_str(), message.as_str()));
    }
    Err(Error::from_faults(None, faults))
}
