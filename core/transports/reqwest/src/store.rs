//! The use of a blocking store of a rate limiter by an asynchronous client.

use std::sync::Arc;

use hudhud::{AsyncRateLimiterStore, RateLimiterStore, StoreError};
use tokio::task::spawn_blocking;

/// A wrapper that runs a blocking store of a rate limiter, such as `SqliteRateLimiterStore` of `hudhud-sqlite`, on tokio's
/// threads for blocking work.
///
/// ```
/// use hudhud::{RateLimiterStore, SharedRateLimiter};
/// use hudhud_reqwest::StoreOnThread;
///
/// fn limiter(store: impl RateLimiterStore + 'static) -> SharedRateLimiter {
///     SharedRateLimiter::with_async_store(StoreOnThread::new(store))
/// }
/// ```
#[derive(Debug)]
pub struct StoreOnThread<S>(Arc<S>);

impl<S> StoreOnThread<S> {
    /// Wraps a store.
    pub fn new(store: S) -> Self {
        Self(Arc::new(store))
    }
}

impl<S: RateLimiterStore + 'static> AsyncRateLimiterStore for StoreOnThread<S> {
    async fn load(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let store = Arc::clone(&self.0);
        spawn_blocking(move || store.load()).await?
    }

    async fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, StoreError> {
        let (store, old, new) = (Arc::clone(&self.0), old.map(<[u8]>::to_vec), new.to_vec());
        spawn_blocking(move || store.swap(old.as_deref(), &new)).await?
    }
}
