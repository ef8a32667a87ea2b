//! The errors of the store. Errors of handlers are in the receipt.

use std::fmt::{self, Display, Formatter};

use hudhud::inbox::InvalidEntry;

/// A fault of the store. Respond with the status 500: the vendor delivers again.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// SQLite failed.
    Sqlite(rusqlite::Error),
    /// A stored entry is damaged, or was written by a later version.
    Entry(InvalidEntry),
    /// The tables were made by a later version: their version.
    Version(i64),
    /// The operating system has no random bytes.
    Random,
    /// The handler ended the transaction.
    Ended,
}

impl Display for Error {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(_) => formatter
                .write_str("the SQLite database of the inbox failed: the source of this error says why"),
            Self::Entry(fault) => fault.fmt(formatter),
            Self::Version(version) => {
                write!(
                    formatter,
                    "the tables of the inbox have version {version}, which this release does not know: update hudhud-sqlite"
                )
            }
            Self::Ended => {
                formatter.write_str("the handler ended the transaction: it must neither commit nor roll back")
            }
            Self::Random => formatter.write_str(
                "the operating system returned no random bytes: allow this process the system call getrandom",
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Sqlite(error) => Some(error),
            Self::Entry(fault) => Some(fault),
            Self::Version(_) | Self::Random | Self::Ended => None,
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<InvalidEntry> for Error {
    fn from(fault: InvalidEntry) -> Self {
        Self::Entry(fault)
    }
}
