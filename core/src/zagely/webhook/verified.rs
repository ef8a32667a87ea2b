//! The result of a verification.

use alloc::string::String;
use core::fmt::{self, Debug, Formatter};
use core::ops::Deref;

use crate::types::time::UnixTime;

/// A value from a verified delivery. Only a [`Verifier`](crate::webhook::Verifier) creates it.
///
/// ```compile_fail
/// let forged = hudhud::webhook::Verified { content: (), secret_index: 0 };
/// ```
#[derive(Clone, PartialEq)]
pub struct Verified<T> {
    pub(super) content: T,
    pub(super) secret_index: usize,
    pub(super) signed_at: u64,
    pub(super) replay_key: String,
    pub(super) deduplicate_until: Option<UnixTime>,
}

impl<T: Debug> Debug for Verified<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        // The replay key is not shown, because it may be a part of the signature.
        formatter
            .debug_struct("Verified")
            .field("content", &self.content)
            .field("secret_index", &self.secret_index)
            .field("signed_at", &self.signed_at)
            .finish_non_exhaustive()
    }
}

impl<T> Verified<T> {
    /// Returns the index of the secret that matched, from 0. Once only the new secret matches, remove the old one.
    #[must_use]
    pub fn secret_index(&self) -> usize {
        self.secret_index
    }

    /// Returns the time of signing, in whole seconds.
    #[must_use]
    pub fn signed_at(&self) -> UnixTime {
        UnixTime::from_secs(self.signed_at)
    }

    /// Returns the replay key. Store it, so that the same delivery is not handled twice. The key is the delivery's id,
    /// or a part of the signature if the body has no id.
    #[must_use]
    pub fn replay_key(&self) -> &str {
        &self.replay_key
    }

    /// Returns the time until which to store the replay key, at least 24 hours from now. Without a tolerance it returns `None`:
    /// deliveries of any age are then accepted, so the key must be stored for an unlimited time.
    #[must_use]
    pub fn deduplicate_until(&self) -> Option<UnixTime> {
        self.deduplicate_until
    }

    /// Returns the verified value alone.
    pub fn into_inner(self) -> T {
        self.content
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}
