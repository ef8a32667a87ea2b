//! Errors of decoding a response body.

use core::fmt::{self, Display, Formatter};

use crate::text::json_reader::position;

/// The reason why a response with an accepted status could not be decoded. It never shows the body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The body is not valid JSON.
    NotJson {
        /// The line of the first error, counted from 1. It is 0 if the body is empty.
        line: usize,
        /// The column of the first error, counted from 1. It is 0 if the error has no column.
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
            Self::NotJson { line: 0, .. } => formatter.write_str("The response body is empty."),
            Self::NotJson { column: 0, .. } => formatter.write_str("The response body is not valid JSON."),
            Self::NotJson { line, column } => {
                write!(formatter, "The response body is not valid JSON at line {line}, column {column}.")
            }
            Self::Shape { expected } => write!(formatter, "The response body is not {expected}."),
            Self::Denied => formatter.write_str("The vendor reports a failure with a success status."),
        }
    }
}

impl DecodeError {
    /// Returns the error for a text that is not valid JSON from a position on.
    pub(crate) fn at(text: &[u8], at: usize) -> Self {
        let (line, column) = position(text, at);
        Self::NotJson { line, column }
    }
}

/// Errors of serde_json's reader, which some hosts use for their own types.
impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        Self::NotJson { line: error.line(), column: error.column() }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::DecodeError;
    use crate::types::json::Json;

    #[test]
    fn an_error_of_json_states_a_place_that_exists_or_none() {
        for (body, expected) in [
            ("", "The response body is empty."),
            (" \n", "The response body is empty."),
            ("<html>", "The response body is not valid JSON at line 1, column 1."),
            ("{}\n<", "The response body is not valid JSON at line 2, column 1."),
        ] {
            let error = crate::codec::json_reader::read(body, core::marker::PhantomData::<Json>).unwrap_err();
            assert_eq!(error.to_string(), expected, "{body:?}");
            assert!(!body.parse::<Json>().unwrap_err().to_string().contains("column 0"), "{body:?}");
        }
        let from_serde = DecodeError::from(serde_json::from_str::<u8>("").unwrap_err());
        assert_eq!(from_serde.to_string(), "The response body is not valid JSON.");
    }
}
