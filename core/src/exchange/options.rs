//! Options of a single call.

use core::fmt::Debug;

use crate::http::method::Method;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::json::Object;

/// What one call may do otherwise than its client does.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CallOptions {
    /// The key by which the vendor knows a repetition. Default: a random one on calls that take one.
    pub idempotency_key: Option<IdempotencyKey>,
    /// Another method than the catalog's, for where an inferred one is wrong.
    pub method: Option<Method>,
    /// Further members of the body, or parameters of the query, sent as they are; one that has the name of a
    /// field stands instead of it.
    pub extra: Object,
    /// Whether the vendor's stated limits are checked before sending. Default: as the client is set.
    pub checks: Option<bool>,
    /// How stubbornly to try. Default: as the client is set.
    pub retry: Option<crate::exchange::retry::RetryPolicy>,
}

impl CallOptions {
    /// With nothing but defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`CallOptions::idempotency_key`].
    #[must_use]
    pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self {
        self.idempotency_key = Some(key);
        self
    }

    /// Sets [`CallOptions::method`].
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Sets [`CallOptions::extra`].
    #[must_use]
    pub fn extra(mut self, extra: impl Into<Object>) -> Self {
        self.extra = extra.into();
        self
    }

    /// Sets [`CallOptions::checks`].
    #[must_use]
    pub fn checks(mut self, checks: bool) -> Self {
        self.checks = Some(checks);
        self
    }

    /// Sets [`CallOptions::retry`].
    #[must_use]
    pub fn retry(mut self, policy: crate::exchange::retry::RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }
}
