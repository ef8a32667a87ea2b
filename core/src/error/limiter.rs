//! The errors of calls that the rate limiter does not let leave.

#[cfg(feature = "std")]
use alloc::format;
#[cfg(feature = "std")]
use alloc::sync::Arc;
use core::time::Duration;

use crate::endpoint::EndpointSpec;
use crate::error::Error;
#[cfg(feature = "std")]
use crate::error::hint::readable;
use crate::error::kind::ErrorKind;
#[cfg(feature = "std")]
use crate::types::idempotency_key::IdempotencyKey;

/// The error of the store itself.
#[cfg(feature = "std")]
pub(crate) type Cause = Arc<dyn core::error::Error + Send + Sync>;

impl Error {
    /// Returns the error for a request that the client's rate limiter lets leave only after this wait.
    pub(crate) fn held(call: &'static EndpointSpec, is_quota: bool, wait: Duration) -> Self {
        let message = if is_quota {
            "The client's rate limiter did not send the call, because the quota of the key is used up."
        } else {
            "The client's rate limiter did not send the call, because its turn comes too late."
        };
        let mut error = Self::new(ErrorKind::WaitTooLong, message);
        error.0.is_quota = is_quota;
        error.0.spec = Some(call);
        error.0.held_for = Some(wait);
        error
    }

    /// Returns the error for a store that has failed for too long, or that holds foreign bytes (`None`). `key` is the key
    /// that was sent.
    #[cfg(feature = "std")]
    pub(crate) fn of_store(
        call: &'static EndpointSpec,
        failing: Option<Duration>,
        cause: Option<Cause>,
        key: Option<IdempotencyKey>,
    ) -> Self {
        let message = match failing {
            Some(Duration::ZERO) => {
                "The store of the client's rate limiter has failed: correct it, or use no rate limiter.".into()
            }
            Some(failing) => format!(
                "The store of the client's rate limiter has failed for {}: correct it, or use no rate limiter.",
                readable(failing)
            ),
            None => "The store of the client's rate limiter holds bytes that are not a state: delete them, and the \
                     limiter learns the limits again."
                .into(),
        };
        let mut error = Self::new(ErrorKind::Store, message);
        error.0.spec = Some(call);
        error.0.key = key;
        error.0.cause = cause;
        error
    }
}
