//! The use of a limiter's store by a client, between the steps of a call that waits.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::limiter::shared::SharedRateLimiter;
use crate::limiter::store::{CausedFault, PATIENCE, Store, StoreError, StoreFault};
use crate::types::time::UnixTime;

/// A use of the store that has begun. If it is dropped before its end, such as by a future that is cancelled, another call
/// uses the store.
struct Trip<'a>(Option<&'a SharedRateLimiter>);

impl Drop for Trip<'_> {
    fn drop(&mut self) {
        if let Some(limiter) = self.0 {
            limiter.abandon_trip();
        }
    }
}

/// The failure of one use.
enum Failure {
    Store(StoreError),
    NoState,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl SharedRateLimiter {
    /// Uses the store if it is the turn of this call. Returns true if the call has to ask for its permit again at once.
    pub(crate) fn use_store(&self, now: impl Fn() -> UnixTime) -> Result<bool, CausedFault> {
        let Some(Store::Blocking(store)) = self.store() else { return Ok(false) };
        let Some(trip) = self.begin(&now) else { return Ok(false) };
        let attempt = || loop {
            let stored = store.load()?;
            let new = self.next_bytes(stored.as_deref(), now())?;
            if store.swap(stored.as_deref(), &new)? {
                return Ok(());
            }
        };
        self.end(trip, attempt(), now())
    }

    /// Does the same as [`SharedRateLimiter::use_store`], for a client that does not block.
    pub(crate) async fn use_store_async(&self, now: impl Fn() -> UnixTime) -> Result<bool, CausedFault> {
        let store = match self.store() {
            Some(Store::Async(store)) => store,
            Some(Store::Blocking(_)) => return self.use_store(now),
            None => return Ok(false),
        };
        let Some(trip) = self.begin(&now) else { return Ok(false) };
        let attempt = async {
            loop {
                let stored = store.load().await?;
                let new = self.next_bytes(stored.as_deref(), now())?;
                if store.swap(stored.as_deref(), &new).await? {
                    return Ok(());
                }
            }
        };
        let outcome = attempt.await;
        self.end(trip, outcome, now())
    }

    fn begin(&self, now: impl Fn() -> UnixTime) -> Option<Trip<'_>> {
        self.begin_trip(now()).then_some(Trip(Some(self)))
    }

    fn next_bytes(&self, stored: Option<&[u8]>, now: UnixTime) -> Result<Vec<u8>, Failure> {
        self.update(stored, now).map_err(|_| Failure::NoState)
    }

    fn end(
        &self,
        mut trip: Trip<'_>,
        outcome: Result<(), Failure>,
        now: UnixTime,
    ) -> Result<bool, CausedFault> {
        trip.0 = None;
        let failure = match outcome {
            Ok(()) => {
                self.stored(now);
                return Ok(true);
            }
            Err(failure) => failure,
        };
        let failing = self.store_failed(now);
        match failure {
            Failure::NoState => Err((StoreFault::NoState, None)),
            Failure::Store(_) if failing < PATIENCE => Ok(true),
            Failure::Store(error) => Err((StoreFault::Failing(failing), Some(Arc::from(error)))),
        }
    }
}
