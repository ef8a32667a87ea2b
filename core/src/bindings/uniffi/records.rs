//! Plain data that crosses to Kotlin and Swift: requests and responses, settings, options, and the one error.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Display, Formatter};
use core::time::Duration;
use std::collections::HashMap;

use crate::error::Error;
use crate::error::kind::{ErrorKind, Side, TransportFault};
use crate::redact::HIDDEN;
use crate::types::idempotency_key::{IdempotencyKey, InvalidIdempotencyKey};
use crate::types::json::Object;
use crate::{AppAuth, CallOptions as Options, Method, RetryPolicy as Policy};

/// A header: its name, in any case, and its value.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// The name alone: a value may be a key.
impl Debug for Header {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "Header({})", self.name)
    }
}

/// An HTTP request, as plain data for a transport to send.
///
/// A transport sends exactly this and follows no redirect.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct Request {
    /// The call it belongs to, such as `contacts.list`.
    pub call: String,
    /// The method, as it stands on the wire.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body, if there is one.
    #[uniffi(default = None)]
    pub body: Option<Vec<u8>>,
}

/// The call, the method, the names of the headers and the length of the body: nothing that is private.
impl Debug for Request {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { call, method, headers, body, .. } = self;
        let bytes = body.as_ref().map_or(0, Vec::len);
        write!(formatter, "Request({call}, {method}, {headers:?}, {bytes} bytes)")
    }
}

impl From<crate::Request> for Request {
    fn from(request: crate::Request) -> Self {
        let headers = request.headers.into_iter();
        Self {
            call: request.call.to_owned(),
            method: request.method.as_str().to_owned(),
            url: request.url,
            headers: headers.map(|(name, value)| Header { name: name.to_owned(), value }).collect(),
            body: request.body,
        }
    }
}

/// An HTTP response, as plain data that a transport fills in.
///
/// A transport must not follow redirects, and must hand over the body as it came, after undoing any
/// `Content-Encoding`.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
}

/// The status, the names of the headers and the length of the body.
impl Debug for Response {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { status, headers, body } = self;
        write!(formatter, "Response({status}, {headers:?}, {} bytes)", body.len())
    }
}

impl From<Response> for crate::Response {
    fn from(response: Response) -> Self {
        let headers = response.headers.into_iter().map(|header| (header.name, header.value));
        Self { status: response.status, headers: headers.collect(), body: response.body }
    }
}

impl From<&crate::Response> for Response {
    fn from(response: &crate::Response) -> Self {
        let headers = response.headers.iter().cloned();
        Self {
            status: response.status,
            headers: headers.map(|(name, value)| Header { name, value }).collect(),
            body: response.body.clone(),
        }
    }
}

/// How stubbornly a call is tried.
#[derive(Clone, Copy, Debug, PartialEq, uniffi::Record)]
pub struct RetryPolicy {
    /// How often the request may be sent in all, at least 1. Default 4.
    #[uniffi(default = 4)]
    pub max_attempts: i32,
    /// The bound of the first random wait; each further bound doubles. Default 500 ms.
    #[uniffi(default = None)]
    pub base: Option<Duration>,
    /// The most a random wait may become. Default 10 s.
    #[uniffi(default = None)]
    pub cap: Option<Duration>,
    /// The longest `Retry-After` that is obeyed; a longer one ends the call at once. Default 60 s.
    #[uniffi(default = None)]
    pub max_wait: Option<Duration>,
}

impl From<RetryPolicy> for Policy {
    fn from(policy: RetryPolicy) -> Self {
        let usual = Self::default();
        Self {
            max_attempts: policy.max_attempts.try_into().unwrap_or(1),
            base: policy.base.unwrap_or(usual.base),
            cap: policy.cap.unwrap_or(usual.cap),
            max_wait: policy.max_wait.unwrap_or(usual.max_wait),
        }
    }
}

/// What one call may do otherwise than its client does.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct CallOptions {
    /// The key by which the vendor knows a repetition: 1 to 255 characters of `A-Z a-z 0-9 - _`. It stands for one
    /// thing that is wanted, and never for a second one. Default: a random one on calls that take one.
    #[uniffi(default = None)]
    pub idempotency_key: Option<String>,
    /// Another method than the catalog's, for where an inferred one is wrong.
    #[uniffi(default = None)]
    pub method: Option<Method>,
    /// Further members of the body, or parameters of the query, sent as they are; one that has the name of a field
    /// stands instead of it.
    #[uniffi(default)]
    pub extra: Object,
    /// Whether the vendor's stated limits are checked before sending. Default: as the client is set.
    #[uniffi(default = None)]
    pub checks: Option<bool>,
    /// How stubbornly to try. Default: as the client is set.
    #[uniffi(default = None)]
    pub retry: Option<RetryPolicy>,
}

impl TryFrom<CallOptions> for Options {
    type Error = Error;

    fn try_from(given: CallOptions) -> Result<Self, Error> {
        let mut options = Self::new();
        options.idempotency_key = given.idempotency_key.map(IdempotencyKey::new).transpose()?;
        options.method = given.method;
        options.extra = given.extra;
        options.checks = given.checks;
        options.retry = given.retry.map(Into::into);
        Ok(options)
    }
}

/// How requests are made, where the usual way does not do.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Settings {
    /// Whether updates go as PUT (the usual way) or PATCH. Inferred: the vendor's page lost the column.
    #[uniffi(default = None)]
    pub update_method: Option<Method>,
    /// Other methods than the catalog's, by the names of calls, where an inferred one is wrong.
    #[uniffi(default)]
    pub methods: HashMap<String, Method>,
    /// The `User-Agent`; an empty one is not sent. Default: `hudhud/` and the version.
    #[uniffi(default = None)]
    pub user_agent: Option<String>,
    /// How stubbornly calls are tried.
    #[uniffi(default = None)]
    pub retry: Option<RetryPolicy>,
    /// Whether the vendor's stated limits are checked before sending.
    #[uniffi(default = true)]
    pub checks: bool,
    /// Whether PUT, PATCH and DELETE travel as POST with `X-HTTP-Method-Override`, for networks that drop them or
    /// their bodies. Inferred: the framework behind the vendor understands it.
    #[uniffi(default = false)]
    pub tunnel_methods: bool,
    /// Whether booleans in a query are spelled `true` and `false` instead of `1` and `0`. The vendor does not state it.
    #[uniffi(default = false)]
    pub boolean_words: bool,
}

impl Settings {
    /// The service, set so.
    pub(crate) fn apply<V: crate::Vendor>(
        self,
        mut service: crate::Service<V>,
    ) -> Result<crate::Service<V>, Error> {
        if let Some(method) = self.update_method {
            service = service.update_method(method)?;
        }
        for (call, method) in self.methods {
            service = service.method(&call, method)?;
        }
        if let Some(user_agent) = self.user_agent {
            service = service.user_agent(Some(user_agent.as_str()).filter(|text| !text.is_empty()));
        }
        if let Some(policy) = self.retry {
            service = service.retry(policy.into());
        }
        Ok(service.checks(self.checks).tunnel_methods(self.tunnel_methods).boolean_words(self.boolean_words))
    }
}

/// How Zagely's app routes (those without a version) are called.
///
/// Inferred: the vendor's page does not say how they are authenticated, only that other channels are reached "via
/// the Sanctum API".
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct AppRoutes {
    /// A token of the dashboard, sent as `Authorization: Bearer …`.
    #[uniffi(default = None)]
    pub token: Option<String>,
    /// What they are called with when a token is set. Default: the token alone.
    #[uniffi(default = None)]
    pub auth: Option<AppAuth>,
    /// What stands for `/api` in their paths, such as `/api/v1` should they be reached there.
    #[uniffi(default = None)]
    pub prefix: Option<String>,
}

impl Debug for AppRoutes {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let token = self.token.as_ref().map(|_| HIDDEN);
        write!(formatter, "AppRoutes({token:?}, {:?}, {:?})", self.auth, self.prefix)
    }
}

/// The limits of the key that was used, as far as a reply named them.
#[derive(Clone, Copy, Debug, PartialEq, uniffi::Record)]
pub struct RateLimit {
    /// Requests a minute (`X-RateLimit-Limit`).
    #[uniffi(default = None)]
    pub limit: Option<u64>,
    /// Requests left in this minute (`X-RateLimit-Remaining`, inferred).
    #[uniffi(default = None)]
    pub remaining: Option<u64>,
    /// Unix seconds when the minute ends (`X-RateLimit-Reset`, inferred).
    #[uniffi(default = None)]
    pub reset: Option<u64>,
    /// Requests a day (`X-RateLimit-Daily-Limit`).
    #[uniffi(default = None)]
    pub daily_limit: Option<u64>,
    /// Requests left today (`X-RateLimit-Daily-Remaining`).
    #[uniffi(default = None)]
    pub daily_remaining: Option<u64>,
}

/// What a reply or an error says beside its body.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Meta {
    /// The HTTP status.
    pub status: u16,
    /// The limits of the key.
    pub rate_limit: RateLimit,
    /// How long the vendor asks to wait.
    #[uniffi(default = None)]
    pub retry_after: Option<Duration>,
    /// Whether this is the stored answer to an earlier request with the same idempotency key.
    #[uniffi(default = false)]
    pub idempotent_replay: bool,
    /// The idempotency key that was sent, to be used again for the same wish.
    #[uniffi(default = None)]
    pub idempotency_key: Option<String>,
}

/// A hundred years: longer than anybody waits, and no overflow in the hosts' own types.
pub(super) const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

impl From<&crate::Meta> for Meta {
    fn from(meta: &crate::Meta) -> Self {
        let crate::RateLimit { limit, remaining, reset, daily_limit, daily_remaining } = meta.rate_limit;
        Self {
            status: meta.status,
            rate_limit: RateLimit { limit, remaining, reset, daily_limit, daily_remaining },
            retry_after: meta.retry_after.map(|wait| wait.min(LONGEST)),
            idempotent_replay: meta.idempotent_replay,
            idempotency_key: meta.idempotency_key.as_ref().map(|key| key.as_str().to_owned()),
        }
    }
}

/// A field, and what is wrong with it.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct FieldErrors {
    /// The field's name, as the vendor has it.
    pub field: String,
    /// What is wrong.
    pub messages: Vec<String>,
}

/// The name alone: a message may repeat what was sent.
impl Debug for FieldErrors {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "FieldErrors({})", crate::redact::name(&self.field))
    }
}

/// Everything an error says.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct Failure {
    /// What happened, where, whose fault it is and what to do about it, without keys, phone numbers and texts: for a log.
    pub summary: String,
    /// The name of its kind in every host, such as `rate_limited`.
    pub kind: String,
    /// The call, such as `contacts.list`, where one was being made.
    pub call: Option<String>,
    /// The vendor's machine-readable code, verbatim.
    pub code: Option<String>,
    /// The vendor's sentence, verbatim, or ours where it said none. It may hold personal text: do not log it.
    pub reason: String,
    /// Field by field what is wrong, found here or by the vendor.
    pub field_errors: Vec<FieldErrors>,
    /// The ability the key lacks.
    pub required_ability: Option<String>,
    /// Whether repeating the call, where that is safe, makes sense.
    pub retryable: bool,
    /// The vendor's `details`, such as the `limit` of a quota.
    pub details: Object,
    /// The methods a 405 offers instead.
    pub allowed_methods: Vec<String>,
    /// What to do about it, in one sentence.
    pub advice: String,
    /// Whose fault it is.
    pub side: Side,
    /// How the transport failed, if it did.
    pub transport_fault: Option<TransportFault>,
    /// The reason of the transport's failure and the host, as far as the transport says; never private text.
    pub transport_reason: Option<String>,
    /// The idempotency key that was sent: with it the call can be repeated later without a second effect.
    pub idempotency_key: Option<String>,
    /// Status, limits and replay mark, if an answer came.
    pub meta: Option<Meta>,
    /// The whole answer, if one came. It may hold personal text.
    pub response: Option<Response>,
}

impl Debug for Failure {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.summary)
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let fields = error.field_errors().iter();
        Self {
            summary: error.to_string(),
            kind: error.kind().as_str().to_owned(),
            call: error.call().map(ToOwned::to_owned),
            code: error.code().map(ToOwned::to_owned),
            reason: error.message().to_owned(),
            field_errors: fields
                .map(|(field, messages)| FieldErrors { field: field.to_owned(), messages: messages.to_vec() })
                .collect(),
            required_ability: error.required_ability().map(Into::into),
            retryable: error.is_retryable(),
            details: error.details().clone(),
            allowed_methods: error.allowed_methods(),
            advice: error.advice().to_owned(),
            side: error.side(),
            transport_fault: error.transport_fault(),
            // A host knows it: core sees the fault alone.
            transport_reason: None,
            idempotency_key: error.idempotency_key().map(|key| key.as_str().to_owned()),
            meta: error.meta().map(Into::into),
            response: error.response().map(Into::into),
        }
    }
}

/// The kinds of failure, each a class or case of its own.
macro_rules! kinds {
    ($( $(#[$doc:meta])* $kind:ident, )*) => {
        /// Everything that can go wrong with a call.
        #[derive(Clone, Debug, PartialEq, uniffi::Error)]
        pub enum HudhudError {
            $( $(#[$doc])* $kind {
                /// Everything it says.
                failure: Box<Failure>,
            }, )*
        }

        impl HudhudError {
            /// Everything it says.
            #[must_use]
            pub fn failure(&self) -> &Failure {
                match self { $( Self::$kind { failure } => failure, )* }
            }
        }

        impl From<Error> for HudhudError {
            fn from(error: Error) -> Self {
                Self::from(&error)
            }
        }

        impl From<&Error> for HudhudError {
            fn from(error: &Error) -> Self {
                let failure = Box::new(Failure::from(error));
                match error.kind() { $( ErrorKind::$kind => Self::$kind { failure }, )* }
            }
        }
    };
}
kinds! {
    /// A fault of the call itself, found before anything was sent.
    InvalidRequest,
    /// 401: keys are missing, wrong, inactive or expired.
    Authentication,
    /// 403: the key lacks an ability, or the account may not do this.
    Permission,
    /// 404: there is no such thing in this workspace.
    NotFound,
    /// 405: the route exists under another method.
    MethodNotAllowed,
    /// 422: fields or a business rule of the vendor's.
    Validation,
    /// 429: the minute's limit; it passes.
    RateLimited,
    /// 429: the day's or the month's quota; it does not pass soon.
    QuotaExceeded,
    /// 502, 503, 504: the vendor or something before it is down for a while.
    Unavailable,
    /// Any other 5xx.
    Server,
    /// Any 3xx. Redirects are not followed: keys would travel with them.
    Redirect,
    /// Any other 4xx.
    Client,
    /// A success that cannot be read as one.
    UnexpectedResponse,
    /// No answer came.
    Transport,
}

impl Display for HudhudError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.failure().summary)
    }
}

impl core::error::Error for HudhudError {}

impl From<InvalidIdempotencyKey> for HudhudError {
    fn from(fault: InvalidIdempotencyKey) -> Self {
        Error::from(fault).into()
    }
}
