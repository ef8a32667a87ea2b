//! Options of a single call.

use core::fmt::Debug;

use crate::http::method::Method;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::json::Object;

/// The settings of one call that differ from those of its client.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CallOptions {
    /// The key by which the vendor recognizes a repetition. Default: a random one, on calls that accept one.
    pub idempotency_key: Option<IdempotencyKey>,
    /// A method that replaces the catalog's. Use it if an inferred method is wrong.
    pub method: Option<Method>,
    /// Additional members of the body, or parameters of the query, sent unchanged. A member with the name of a field
    /// replaces the field.
    pub extra: Object,
    /// If true, the vendor's stated limits are checked before sending. Default: the client's setting.
    pub validate: Option<bool>,
    /// The retry policy. Default: the client's.
    pub retry: Option<crate::exchange::retry::RetryPolicy>,
}

impl CallOptions {
    /// Returns options that change nothing.
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

    /// Sets [`CallOptions::validate`].
    #[must_use]
    pub fn validate(mut self, validate: bool) -> Self {
        self.validate = Some(validate);
        self
    }

    /// Sets [`CallOptions::retry`].
    #[must_use]
    pub fn retry(mut self, policy: crate::exchange::retry::RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }
}
