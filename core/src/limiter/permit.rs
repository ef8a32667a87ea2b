//! The lanes of requests, and the limiter's decisions about them.

use core::time::Duration;

use hudhud_macros::closed_enum;

use crate::types::time::UnixTime;

/// The lane of a request, which decides if it may pass others.
#[closed_enum]
#[derive(Default)]
pub enum Lane {
    /// Requests for which a person waits, such as replies and one-time passwords.
    Urgent,
    /// All other requests, such as campaigns.
    #[default]
    Bulk,
}

/// A decision about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Permit {
    /// Permission to send the request now. It is already counted.
    Now,
    /// The time after which to ask again: then the decision can be [`Permit::Now`]. Nothing is counted or reserved.
    Wait(Duration),
    /// The time before which a quota per day or month allows no request.
    NotBefore(UnixTime),
}

/// The result for a call that asks if its request may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// The request may leave. It is already counted.
    Now,
    /// The call asks again after `pause`. The request may leave after about `forecast`.
    #[cfg_attr(not(feature = "std"), expect(dead_code, reason = "calls share a limiter only with `std`"))]
    Later { pause: Duration, forecast: Duration },
    /// A quota per day or month allows no request before this time.
    #[cfg_attr(not(feature = "std"), expect(dead_code, reason = "calls share a limiter only with `std`"))]
    NotBefore(UnixTime),
}
