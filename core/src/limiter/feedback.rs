//! The part of a response from which the limiter learns.

use core::time::Duration;

use crate::error::Error;
use crate::error::kind::ErrorKind;
use crate::http::metadata::Meta;
use crate::http::rate_limit::RateLimit;

/// The facts of a response from which a [`RateLimiter`](crate::RateLimiter) learns.
///
/// It converts from an [`Attempt`](crate::Attempt), from the [`Meta`] of a success and from an [`Error`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimitFeedback {
    /// True for a status of 200 to 299.
    pub success: bool,
    /// The kind of the error, or `None` after a success.
    pub error: Option<ErrorKind>,
    /// The wait that the vendor asks for.
    pub retry_after: Option<Duration>,
    /// The limits of the key.
    pub rate_limit: RateLimit,
    /// True for the stored response to an earlier request. Its limits may be old. A limiter uses the limit per minute of such
    /// a success only until it has seen another response, in place of the limit that it assumes at the start.
    pub idempotent_replay: bool,
}

impl From<&Meta> for RateLimitFeedback {
    /// Converts the facts of a success. For a failed call, convert the [`Error`]: a `Meta` does not show if a quota
    /// is used up.
    fn from(meta: &Meta) -> Self {
        let success = (200..300).contains(&meta.status);
        Self {
            success,
            error: (!success).then(|| ErrorKind::of(meta.status, None)),
            retry_after: meta.retry_after,
            rate_limit: meta.rate_limit,
            idempotent_replay: meta.idempotent_replay,
        }
    }
}

impl From<&Error> for RateLimitFeedback {
    fn from(error: &Error) -> Self {
        let meta = error.meta();
        Self {
            success: false,
            error: Some(error.kind()),
            retry_after: meta.and_then(|meta| meta.retry_after),
            rate_limit: meta.map(|meta| meta.rate_limit).unwrap_or_default(),
            idempotent_replay: meta.is_some_and(|meta| meta.idempotent_replay),
        }
    }
}
