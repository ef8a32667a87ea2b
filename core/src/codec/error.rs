//! Errors of decoding a response body.

use core::fmt::{self, Display, Formatter};

use crate::text::json_reader::position;

/// The reason why a response with an accepted status could not be decoded. It never shows the body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The body is not valid JSON.
    NotJson {
        /// The line of the first error, counted from 1.
        line: usize,
        /// The column of the first error, counted from 1.
        column: usize,
    },
    /// The body is JSON, but does not have the shape of the call's output.
    Shape {
        /// The expected shape.
        expected: &'static str,
    },
    /// The body reports a failure, although the status reports a success.
    Denied,
}

impl Display for DecodeError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { line, column } => {
                write!(formatter, "The response body is not valid JSON at line {line}, column {column}.")
            }
            Self::Shape { expected } => write!(formatter, "The response body is not {expected}."),
            Self::Denied => formatter.write_str("The vendor reports a failure with a success status."),
        }
    }
}

impl DecodeError {
    /// Returns the error for invalid JSON that starts after `before`.
    pub(crate) fn at(before: &[u8]) -> Self {
        let (line, column) = position(before);
        Self::NotJson { line, column }
    }
}

/// Errors of serde_json's reader, which some hosts use for their own types.
impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        Self::NotJson { line: error.line(), column: error.column() }
    }
}
