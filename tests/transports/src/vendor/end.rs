//! The two ways in which a server ends a connection.

/// The end of a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Closed,
    /// The listener is closed first, for a while.
    Away,
}
