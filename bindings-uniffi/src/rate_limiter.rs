//! The rate limiter that the calls of clients share.

use std::sync::Arc;
use std::time::Duration;

use hudhud::host_support::{
    STORE_FAILURE_LIMIT, STORE_MOST_HANGING, STORE_MOST_SWAPS, STORE_REFUSES, STORE_TOO_SLOW, StoreFault,
};
use hudhud::{Error, RateLimiter, SharedRateLimiter, UnixTime};

use crate::error::HudhudError;
use crate::exchange::ExchangeHandle;

/// A rate limiter. It learns the limits of a key from the responses.
#[derive(Debug, uniffi::Object)]
pub struct RateLimiterHandle {
    limiter: SharedRateLimiter,
    /// The time for which calls wait while the store fails.
    patience: Duration,
}

impl RateLimiterHandle {
    fn of(limiter: SharedRateLimiter) -> Self {
        Self { limiter, patience: STORE_FAILURE_LIMIT }
    }
}

#[uniffi::export]
impl RateLimiterHandle {
    /// Creates a limiter that knows no limit.
    #[expect(clippy::new_without_default, reason = "UniFFI calls it by this name")]
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self::of(SharedRateLimiter::new())
    }

    /// Creates a limiter that continues with the state of an earlier one.
    #[uniffi::constructor]
    pub fn with_state(state: Vec<u8>) -> Result<Self, HudhudError> {
        let state =
            RateLimiter::decode(&state).map_err(|error| Error::invalid("state", error.to_string()))?;
        Ok(Self::of(SharedRateLimiter::with_state(state)))
    }

    /// Creates a limiter that shares its limits with other processes through a store. The host uses the store. Tests set the
    /// milliseconds for which calls wait while the store fails.
    #[uniffi::constructor(default(patience = None))]
    pub fn with_store(patience: Option<u64>) -> Self {
        let limiter = SharedRateLimiter::with_store_of_host();
        Self { limiter, patience: patience.map_or(STORE_FAILURE_LIMIT, Duration::from_millis) }
    }

    /// Returns a number if the caller has to use the store now. The caller passes it to the other functions. `now` is in
    /// milliseconds since 1970, as in the other functions.
    pub fn begin_store_use(&self, now: u64) -> Option<u64> {
        self.limiter.begin_store_use(UnixTime::from_millis(now)).map(Into::into)
    }

    /// Returns the new bytes for the store, or nothing if the stored bytes are not a state.
    pub fn update(&self, use_number: u64, stored: Option<Vec<u8>>, now: u64) -> Option<Vec<u8>> {
        self.limiter.update(number(use_number), stored.as_deref(), UnixTime::from_millis(now)).ok()
    }

    /// Ends the use of the store, which has accepted the last bytes of `update`. Returns false if that took so long that
    /// another call uses the store.
    pub fn stored(&self, use_number: u64, now: u64) -> bool {
        self.limiter.stored(number(use_number), UnixTime::from_millis(now))
    }

    /// Ends the use of the store, which failed. Returns the milliseconds since its first failure if the calls have waited
    /// long enough: then call `end`.
    pub fn store_failed(&self, use_number: u64, now: u64) -> Option<u64> {
        let failing = self.limiter.store_failed(number(use_number), UnixTime::from_millis(now));
        (failing >= self.patience).then(|| u64::try_from(failing.as_millis()).unwrap_or(u64::MAX))
    }

    /// Returns the number of uses of the store that may hang at a time. Each may hold a thread.
    pub fn most_hanging(&self) -> u64 {
        STORE_MOST_HANGING as u64
    }

    /// Returns the message of the error of a use that took so long that another call uses the store.
    pub fn too_slow(&self) -> String {
        STORE_TOO_SLOW.into()
    }

    /// Returns the most swaps of one use of the store.
    pub fn most_swaps(&self) -> u64 {
        STORE_MOST_SWAPS as u64
    }

    /// Returns the message of the error of a use whose swaps were all refused.
    pub fn refuses(&self) -> String {
        STORE_REFUSES.into()
    }

    /// Ends a call because the store has failed for the given milliseconds, or holds bytes that are not a state.
    /// Always returns the error of the call.
    #[uniffi::method(default(failing = None))]
    pub fn end(
        &self,
        exchange: Arc<ExchangeHandle>,
        now: u64,
        failing: Option<u64>,
    ) -> Result<(), HudhudError> {
        let fault =
            failing.map_or(StoreFault::NoState, |millis| StoreFault::Failing(Duration::from_millis(millis)));
        Err(exchange.lose_store(fault, UnixTime::from_millis(now)))
    }

    /// Ends the use of the store, which its caller gave up.
    pub fn abandon_store_use(&self, use_number: u64) {
        self.limiter.abandon_store_use(number(use_number));
    }

    /// Returns the state, to continue with in a later process.
    pub fn state(&self) -> Vec<u8> {
        self.limiter.state().encode()
    }

    /// Returns the number of calls that wait for a permit.
    pub fn waiting(&self) -> u64 {
        self.limiter.waiting()
    }

    /// Lets each request of a call wait for a permit. Call it before the first step. Only calls that a client runs wait:
    /// an exchange that a program drives itself is unchanged.
    pub fn hold(&self, exchange: Arc<ExchangeHandle>) {
        exchange.wait_for(&self.limiter);
    }
}

/// Returns the number of a use of the store. Hosts get it as a number of 64 bits, because Kotlin's `UInt` is not Java's `int`.
fn number(use_number: u64) -> u32 {
    u32::try_from(use_number).unwrap_or(u32::MAX)
}
