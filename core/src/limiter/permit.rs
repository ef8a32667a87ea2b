//! The questions that the limiter is asked, and its decisions.

use core::time::Duration;

use crate::types::time::UnixTime;

/// The lane of a request: its right of way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Requests for which a person waits, such as replies and one-time passwords.
    Urgent,
    /// All other requests, such as campaigns.
    Bulk,
}

/// A decision about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Permit {
    /// Permission to send the request now. It is already counted.
    Now,
    /// The wait before the same question can be answered with [`Permit::Now`]. Nothing is counted or reserved.
    Wait(Duration),
    /// The time before which a quota per day or month allows no request.
    NotBefore(UnixTime),
}
