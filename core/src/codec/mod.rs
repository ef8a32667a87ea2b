//! Conversions between declared types and the bodies of requests and responses.

pub(crate) mod error;
pub(crate) mod field_errors;
pub(crate) mod input;
pub(crate) mod json_reader;
pub(crate) mod open_enum;
pub(crate) mod output;
