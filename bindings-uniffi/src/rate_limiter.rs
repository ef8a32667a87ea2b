//! The rate limiter that the calls of clients share.

use std::sync::Arc;

use hudhud::{Error, RateLimiter, SharedRateLimiter};

use crate::error::HudhudError;
use crate::services::ExchangeHandle;

/// A rate limiter. It learns the limits of a key from the responses.
#[derive(Debug, uniffi::Object)]
pub struct RateLimiterHandle(SharedRateLimiter);

#[uniffi::export]
impl RateLimiterHandle {
    /// Creates a limiter that knows no limit.
    #[expect(clippy::new_without_default, reason = "UniFFI calls it by this name")]
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self(SharedRateLimiter::new())
    }

    /// Creates a limiter that continues with the state of an earlier one.
    #[uniffi::constructor]
    pub fn with_state(state: Vec<u8>) -> Result<Self, HudhudError> {
        let state =
            RateLimiter::decode(&state).map_err(|error| Error::invalid("state", error.to_string()))?;
        Ok(Self(SharedRateLimiter::with_state(state)))
    }

    /// Returns the state, to continue with in a later process.
    pub fn state(&self) -> Vec<u8> {
        self.0.state().encode()
    }

    /// Returns the number of calls that wait for a permit.
    pub fn waiting(&self) -> u64 {
        self.0.waiting()
    }

    /// Lets each request of a call wait for a permit. Call it before the first step. Only calls that a client runs wait:
    /// an exchange that a program drives itself is unchanged.
    pub fn hold(&self, exchange: Arc<ExchangeHandle>) {
        exchange.wait_for(&self.0);
    }
}
