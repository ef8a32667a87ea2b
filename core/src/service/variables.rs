//! Variables from which services are created, such as those of the environment.

use alloc::format;
use alloc::string::String;

use crate::error::Error;

/// A function that returns the value of a variable.
type Lookup<'a> = &'a mut dyn FnMut(&str) -> Option<String>;

/// Returns the value of a variable, or `None` if it is missing or empty.
pub(crate) fn optional(lookup: Lookup<'_>, name: &str) -> Option<String> {
    lookup(name).filter(|value| !value.is_empty())
}

/// Returns the value of a variable. `hint` says what to set it to.
pub(crate) fn required(lookup: Lookup<'_>, name: &str, hint: &str) -> Result<String, Error> {
    optional(lookup, name).ok_or_else(|| Error::invalid(name, format!("The variable is not set: {hint}.")))
}
