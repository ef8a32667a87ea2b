//! Stores through which processes share the limits of a key: the traits that a program implements, and their faults.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::Pin;
use core::time::Duration;

/// The time for which calls wait while a store fails. After it they end with an error.
pub const FAILURE_LIMIT: Duration = Duration::from_secs(30);

/// The longest time for a use of the store. A longer use counts as failed if another call needs the store.
pub const LONGEST_USE: Duration = Duration::from_secs(5);

/// The error of a use of the store that another call has replaced because it took too long.
pub const TOO_SLOW: &str = "the store took longer than 5 s: check its server and the network";

/// The most swaps of one use. Each that is refused means that another process has stored its state, which 100 in a row cannot be.
pub const MOST_SWAPS: usize = 100;

/// The error of a use whose swaps were all refused.
pub const REFUSES: &str =
    "the store refused 100 states in a row: its function swap must return true if it stored the new state";

/// The greatest number of uses of a store that may hang at a time in one process, for hosts whose calls do not wait for them.
/// Each may hold a thread.
pub const MOST_HANGING: usize = 4;

/// An error of a store. It becomes the source of the call's error.
pub type StoreError = Box<dyn core::error::Error + Send + Sync>;

/// A place for the bytes of one rate limiter, for [`Client`](crate::Client).
///
/// Processes that use the same place share the limits. The store need not understand the bytes. It must limit the
/// time of its own requests, because a call does not end while it waits for the store.
///
/// The crate `hudhud-sqlite` has a store for the processes of one machine.
pub trait RateLimiterStore: Send + Sync {
    /// Returns the bytes, or `None` if the store is empty.
    ///
    /// # Errors
    /// Any error of the store. The calls wait while it fails, for at most 30 seconds.
    fn load(&self) -> Result<Option<Vec<u8>>, StoreError>;

    /// Replaces the bytes if they are still `old`, in one atomic step. Returns true if they were replaced. After a refusal the
    /// client loads them again. A store that refuses 100 times in a row counts as failing.
    ///
    /// # Errors
    /// The same as those of [`RateLimiterStore::load`].
    fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, StoreError>;
}

/// A place for the bytes of one rate limiter, for [`AsyncClient`](crate::AsyncClient).
pub trait AsyncRateLimiterStore: Send + Sync {
    /// Does the same as [`RateLimiterStore::load`].
    fn load(&self) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>> + Send;

    /// Does the same as [`RateLimiterStore::swap`].
    fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

impl<S: RateLimiterStore + ?Sized> RateLimiterStore for Arc<S> {
    fn load(&self) -> Result<Option<Vec<u8>>, StoreError> {
        (**self).load()
    }

    fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, StoreError> {
        (**self).swap(old, new)
    }
}

impl<S: AsyncRateLimiterStore> AsyncRateLimiterStore for Arc<S> {
    fn load(&self) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>> + Send {
        (**self).load()
    }

    fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> impl Future<Output = Result<bool, StoreError>> + Send {
        (**self).swap(old, new)
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// An [`AsyncRateLimiterStore`] of any type.
pub(super) trait AnyAsyncStore: Send + Sync {
    fn load(&self) -> Answer<'_, Option<Vec<u8>>>;

    fn swap<'a>(&'a self, old: Option<&'a [u8]>, new: &'a [u8]) -> Answer<'a, bool>;
}

impl<S: AsyncRateLimiterStore> AnyAsyncStore for S {
    fn load(&self) -> Answer<'_, Option<Vec<u8>>> {
        Box::pin(AsyncRateLimiterStore::load(self))
    }

    fn swap<'a>(&'a self, old: Option<&'a [u8]>, new: &'a [u8]) -> Answer<'a, bool> {
        Box::pin(AsyncRateLimiterStore::swap(self, old, new))
    }
}

/// The store of a limiter.
#[derive(Clone)]
pub(super) enum Store {
    Blocking(Arc<dyn RateLimiterStore>),
    Async(Arc<dyn AnyAsyncStore>),
}

/// The reason why a store ends a call. For bindings, not public API.
#[derive(Clone, Debug)]
pub enum StoreFault {
    /// The store holds bytes that are not the state of a limiter.
    NoState,
    /// The store has failed for this time.
    Failing(Duration),
}

/// A fault with the error of the store.
pub(crate) type CausedFault = (StoreFault, Option<Arc<dyn core::error::Error + Send + Sync>>);
