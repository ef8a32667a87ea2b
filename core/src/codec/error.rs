//! Errors of decoding a response body.

use core::fmt::{self, Display, Formatter};

/// Why a success could not be read. It never shows the body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unreadable {
    /// The body is no JSON.
    NotJson {
        /// The line of the first fault, from 1.
        line: usize,
        /// The column of the first fault, from 1.
        column: usize,
    },
    /// The body is JSON of another shape than this answer has.
    Shape {
        /// What was looked for.
        expected: &'static str,
    },
    /// The body says that the call failed, under a status that says it succeeded.
    Denied,
}

impl Display for Unreadable {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { line, column } => {
                write!(formatter, "The body of the success is no JSON from line {line}, column {column}.")
            }
            Self::Shape { expected } => write!(formatter, "The body of the success is not {expected}."),
            Self::Denied => formatter.write_str("The vendor reports a failure under a status of success."),
        }
    }
}

impl Unreadable {
    /// No JSON behind what stands before.
    pub(crate) fn at(before: &[u8]) -> Self {
        let lines = before.split(|byte| *byte == b'\n');
        let column = lines.clone().next_back().map_or(0, <[u8]>::len);
        Self::NotJson { line: lines.count(), column }
    }
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        Self::NotJson { line: error.line(), column: error.column() }
    }
}
