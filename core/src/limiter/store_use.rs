//! The use of a limiter's store by a client, between the steps of a call that waits.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::limiter::shared::SharedRateLimiter;
use crate::limiter::store::{
    CausedFault, FAILURE_LIMIT, MOST_SWAPS, REFUSES, Store, StoreError, StoreFault, TOO_SLOW,
};
use crate::types::time::UnixTime;

/// A use of the store that has begun. If it is dropped before its end, such as by a future that is cancelled, another call
/// uses the store.
struct StoreUse<'a> {
    limiter: &'a SharedRateLimiter,
    number: u32,
}

impl Drop for StoreUse<'_> {
    fn drop(&mut self) {
        // After its end it is no longer the current one, so this changes nothing.
        self.limiter.abandon_store_use(self.number);
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
        let Some(store_use) = self.begin(&now) else { return Ok(false) };
        let attempt = || {
            for _ in 0..MOST_SWAPS {
                let stored = store.load()?;
                let new = store_use.next_bytes(stored.as_deref(), now())?;
                if store.swap(stored.as_deref(), &new)? {
                    return store_use.stored(now());
                }
            }
            Err(Failure::Store(REFUSES.into()))
        };
        store_use.end(attempt(), now())
    }

    /// Does the same as [`SharedRateLimiter::use_store`], for a client that does not block.
    pub(crate) async fn use_store_async(&self, now: impl Fn() -> UnixTime) -> Result<bool, CausedFault> {
        let store = match self.store() {
            Some(Store::Async(store)) => store,
            Some(Store::Blocking(_)) => return self.use_store(now),
            None => return Ok(false),
        };
        let Some(store_use) = self.begin(&now) else { return Ok(false) };
        let attempt = async {
            for _ in 0..MOST_SWAPS {
                let stored = store.load().await?;
                let new = store_use.next_bytes(stored.as_deref(), now())?;
                if store.swap(stored.as_deref(), &new).await? {
                    return store_use.stored(now());
                }
            }
            Err(Failure::Store(REFUSES.into()))
        };
        let outcome = attempt.await;
        store_use.end(outcome, now())
    }

    fn begin(&self, now: impl Fn() -> UnixTime) -> Option<StoreUse<'_>> {
        let number = self.begin_store_use(now())?;
        Some(StoreUse { limiter: self, number })
    }
}

impl StoreUse<'_> {
    fn next_bytes(&self, stored: Option<&[u8]>, now: UnixTime) -> Result<Vec<u8>, Failure> {
        self.limiter.update(self.number, stored, now).map_err(|_| Failure::NoState)
    }

    fn stored(&self, now: UnixTime) -> Result<(), Failure> {
        if self.limiter.stored(self.number, now) { Ok(()) } else { Err(Failure::Store(TOO_SLOW.into())) }
    }

    fn end(&self, outcome: Result<(), Failure>, now: UnixTime) -> Result<bool, CausedFault> {
        let Err(failure) = outcome else { return Ok(true) };
        let failing = self.limiter.store_failed(self.number, now);
        match failure {
            Failure::NoState => Err((StoreFault::NoState, None)),
            Failure::Store(_) if failing < FAILURE_LIMIT => Ok(true),
            Failure::Store(error) => Err((StoreFault::Failing(failing), Some(Arc::from(error)))),
        }
    }
}
