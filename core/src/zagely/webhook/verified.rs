//! Values that come from a verified delivery.

use alloc::string::String;
use core::fmt::{self, Debug, Formatter};
use core::ops::Deref;

use crate::types::time::UnixTime;

/// Something that was verified. It cannot be made in any other way.
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
        // Not the replay key: it may be a part of the signature.
        formatter
            .debug_struct("Verified")
            .field("content", &self.content)
            .field("secret_index", &self.secret_index)
            .field("signed_at", &self.signed_at)
            .finish_non_exhaustive()
    }
}

impl<T> Verified<T> {
    /// The index of the secret that matched, from 0. The old secret can be removed once it no longer matches.
    #[must_use]
    pub fn secret_index(&self) -> usize {
        self.secret_index
    }

    /// The time of signing, in whole seconds.
    #[must_use]
    pub fn signed_at(&self) -> UnixTime {
        UnixTime::from_secs(self.signed_at)
    }

    /// The key to store so that the same delivery is not handled twice: the delivery's id, or a part of the signature
    /// if the body has no id.
    #[must_use]
    pub fn replay_key(&self) -> &str {
        &self.replay_key
    }

    /// The time until which to store the replay key: at least 24 hours from now. `None` without a tolerance: a delivery
    /// of any age is then accepted, and the key must be stored without a limit.
    #[must_use]
    pub fn deduplicate_until(&self) -> Option<UnixTime> {
        self.deduplicate_until
    }

    /// The verified content alone.
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
