//! The store of a rate limiter in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hudhud::{AsyncRateLimiterStore, RateLimiterStore, StoreError};

/// A store of a rate limiter in memory, which forgets everything when the process ends. It is for tests of programs whose
/// processes share the limits of a key. Clones share the state.
#[derive(Clone, Debug, Default)]
pub struct ForgetfulStore(Arc<Mutex<Option<Vec<u8>>>>);

impl ForgetfulStore {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        // A test that panicked leaves no half of a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RateLimiterStore for ForgetfulStore {
    fn load(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().clone())
    }

    fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, StoreError> {
        let mut bytes = self.lock();
        let is_old = bytes.as_deref() == old;
        if is_old {
            *bytes = Some(new.to_vec());
        }
        Ok(is_old)
    }
}

impl AsyncRateLimiterStore for ForgetfulStore {
    async fn load(&self) -> Result<Option<Vec<u8>>, StoreError> {
        RateLimiterStore::load(self)
    }

    async fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, StoreError> {
        RateLimiterStore::swap(self, old, new)
    }
}
