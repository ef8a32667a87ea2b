//! Options of a single call.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::time::Duration;

use crate::http::method::Method;
use crate::limiter::permit::Lane;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::json::Object;

/// The settings of one call. They replace those of its client.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct CallOptions {
    /// The key that lets the vendor recognize a repetition. Default: a random one, on calls that accept one.
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
    /// Additional headers: names and values. The headers that the library or HTTP itself sets are refused.
    pub headers: Vec<(String, String)>,
    /// The longest time for one attempt, more than zero. The timeout of the transport applies if it is shorter. Default: the
    /// timeout of the transport.
    pub timeout: Option<Duration>,
    /// The longest time for the whole call, with its attempts and waits, more than zero. If a wait would end after it, the call
    /// ends at once instead of waiting. Default: no limit.
    pub deadline: Option<Duration>,
    /// The lane in which the call waits for the rate limiter of its client. Default: [`Lane::Bulk`].
    pub lane: Lane,
}

/// Shows the options without the members of `extra` and the values of headers, which may be private.
impl Debug for CallOptions {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("CallOptions")
            .field("idempotency_key", &self.idempotency_key)
            .field("method", &self.method)
            .field("extra", &self.extra)
            .field("validate", &self.validate)
            .field("retry", &self.retry)
            .field("headers", &headers)
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("lane", &self.lane)
            .finish()
    }
}

impl CallOptions {
    /// Creates options without any setting.
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

    /// Adds a header to [`CallOptions::headers`].
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets [`CallOptions::timeout`].
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets [`CallOptions::deadline`].
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets [`CallOptions::lane`].
    #[must_use]
    pub fn lane(mut self, lane: Lane) -> Self {
        self.lane = lane;
        self
    }

    /// Sets [`CallOptions::retry`].
    #[must_use]
    pub fn retry(mut self, policy: crate::exchange::retry::RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }
}
