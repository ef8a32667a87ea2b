//! Plain data for Kotlin and Swift: requests and responses, settings, options, and the error.

use std::collections::HashMap;
use std::fmt::{self, Debug, Display, Formatter};
use std::time::Duration;

use hudhud::host_support::{REDACTED, redact_name};
use hudhud::{
    AppAuth, CallOptions as Options, Error, ErrorKind, ErrorOrigin, IdempotencyKey, InvalidIdempotencyKey,
    Method, Object, RetryPolicy as Policy, TransportFault,
};

/// A header: its name, in any case, and its value.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// Shows the name alone, because a value may be a key.
impl Debug for Header {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "Header({})", self.name)
    }
}

/// An HTTP request, as plain data for a transport to send.
///
/// A transport sends exactly this request and follows no redirect.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct Request {
    /// The name of the call, such as `contacts.list`.
    pub call: String,
    /// The HTTP method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body, if there is one.
    #[uniffi(default = None)]
    pub body: Option<Vec<u8>>,
    /// The longest time until the last byte of the response, from the options of the call. A transport applies it if it is
    /// shorter than its own.
    #[uniffi(default = None)]
    pub timeout: Option<Duration>,
}

/// Shows the call, the method, the names of the headers and the length of the body, which are not private.
impl Debug for Request {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { call, method, headers, body, .. } = self;
        let bytes = body.as_ref().map_or(0, Vec::len);
        write!(formatter, "Request({call}, {method}, {headers:?}, {bytes} bytes)")
    }
}

impl From<hudhud::Request> for Request {
    fn from(request: hudhud::Request) -> Self {
        let headers = request.headers.into_iter();
        Self {
            call: request.call.to_owned(),
            method: request.method.as_str().to_owned(),
            url: request.url,
            headers: headers.map(|(name, value)| Header { name: name.into_owned(), value }).collect(),
            body: request.body,
            timeout: request.timeout.map(|timeout| timeout.min(LONGEST)),
        }
    }
}

/// An HTTP response, as plain data that a transport fills in.
///
/// A transport must not follow redirects. It must return the body as it arrived, after decoding any `Content-Encoding`.
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

/// Shows the status, the names of the headers and the length of the body.
impl Debug for Response {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { status, headers, body } = self;
        write!(formatter, "Response({status}, {headers:?}, {} bytes)", body.len())
    }
}

impl From<Response> for hudhud::Response {
    fn from(response: Response) -> Self {
        let headers = response.headers.into_iter().map(|header| (header.name, header.value));
        Self { status: response.status, headers: headers.collect(), body: response.body }
    }
}

impl From<&hudhud::Response> for Response {
    fn from(response: &hudhud::Response) -> Self {
        let headers = response.headers.iter().cloned();
        Self {
            status: response.status,
            headers: headers.map(|(name, value)| Header { name, value }).collect(),
            body: response.body.clone(),
        }
    }
}

macro_rules! declare_retry_policy {
    (
        counts { $( $(#[doc = $count_doc:tt])* $count:ident = $number:tt, )* }
        durations { $( $(#[doc = $doc:tt])* $duration:ident = $seconds:tt, )* }
    ) => {
        /// The limits of retries: the number of attempts and the waits between them.
        #[derive(Clone, Copy, Debug, PartialEq, uniffi::Record)]
        pub struct RetryPolicy {
            $(
                $(#[doc = $count_doc])*
                #[uniffi(default = $number)]
                pub $count: i32,
            )*
            $(
                $(#[doc = $doc])*
                #[uniffi(default = None)]
                pub $duration: Option<Duration>,
            )*
        }

        impl From<RetryPolicy> for Policy {
            fn from(policy: RetryPolicy) -> Self {
                let usual = Self::default();
                Self {
                    // A negative number is refused like 0.
                    $( $count: policy.$count.try_into().unwrap_or(0), )*
                    $( $duration: policy.$duration.unwrap_or(usual.$duration), )*
                }
            }
        }
    };
}
hudhud::for_each_retry_limit!(declare_retry_policy);

/// The settings of one call that differ from those of its client.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct CallOptions {
    /// The key by which the vendor recognizes a repetition: 1 to 255 characters of `A-Z a-z 0-9 - _`. Use a key for one
    /// intended effect only, and a new key for the next one. Default: a random one, on calls that accept one.
    #[uniffi(default = None)]
    pub idempotency_key: Option<String>,
    /// A method that replaces the catalog's. Use it if an inferred method is wrong.
    #[uniffi(default = None)]
    pub method: Option<Method>,
    /// Additional members of the body, or parameters of the query, sent unchanged. A member with the name of a field
    /// replaces the field.
    #[uniffi(default)]
    pub extra: Object,
    /// If true, the vendor's stated limits are checked before sending. Default: the client's setting.
    #[uniffi(default = None)]
    pub validate: Option<bool>,
    /// The retry policy. Default: the client's.
    #[uniffi(default = None)]
    pub retry: Option<RetryPolicy>,
    /// Additional headers by name. The headers that the library or HTTP itself sets are refused.
    #[uniffi(default)]
    pub headers: HashMap<String, String>,
    /// The longest time for one attempt, more than zero. Default: the timeout of the transport, which also applies if it
    /// is shorter.
    #[uniffi(default = None)]
    pub timeout: Option<Duration>,
    /// The longest time for the whole call, with its attempts and waits, more than zero. A wait that would end later ends
    /// the call at once. Default: no limit.
    #[uniffi(default = None)]
    pub deadline: Option<Duration>,
}

impl TryFrom<CallOptions> for Options {
    type Error = Error;

    fn try_from(given: CallOptions) -> Result<Self, Error> {
        let mut options = Self::new();
        options.idempotency_key = given.idempotency_key.map(IdempotencyKey::new).transpose()?;
        options.method = given.method;
        options.extra = given.extra;
        options.validate = given.validate;
        options.retry = given.retry.map(Into::into);
        options.headers = given.headers.into_iter().collect();
        // The same order in every request: a map has none.
        options.headers.sort_unstable();
        (options.timeout, options.deadline) = (given.timeout, given.deadline);
        Ok(options)
    }
}

/// Shows the key, the method and the names of the headers. Their values may be private.
impl Debug for CallOptions {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.keys().collect();
        formatter
            .debug_struct("CallOptions")
            .field("idempotency_key", &self.idempotency_key)
            .field("method", &self.method)
            .field("headers", &headers)
            .finish_non_exhaustive()
    }
}

/// The type of a kind of settings.
macro_rules! kind {
    (update_method) => { Option<Method> };
    (methods) => { HashMap<String, Method> };
    (text) => { Option<String> };
    (retry) => { Option<RetryPolicy> };
    (flag) => { bool };
}

/// Returns core's value of a setting. Without a value it is `usual`.
macro_rules! value {
    (methods, $given:expr, $usual:expr) => {
        $given.into_iter().collect()
    };
    (flag, $given:expr, $usual:expr) => {
        $given
    };
    ($kind:ident, $given:expr, $usual:expr) => {
        $given.map_or($usual, Into::into)
    };
}

macro_rules! declare_settings {
    ($( $(#[doc = $doc:tt])* $name:ident: $kind:ident $(= $default:tt)?, )*) => {
        /// Settings of all requests of a client.
        #[derive(Clone, Debug, PartialEq, uniffi::Record)]
        pub struct Settings {
            $(
                $(#[doc = $doc])*
                #[uniffi(default $(= $default)?)]
                pub $name: kind!($kind),
            )*
        }

        impl From<Settings> for hudhud::Settings {
            fn from(given: Settings) -> Self {
                let mut settings = Self::default();
                $( settings.$name = value!($kind, given.$name, settings.$name); )*
                settings
            }
        }
    };
}
hudhud::for_each_setting!(declare_settings);

/// Authentication and paths of Zagely's app routes (those without a version).
///
/// Inferred: the vendor's page does not say how these routes are authenticated, only that other channels are reached
/// "via the Sanctum API".
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct AppRoutes {
    /// A token of the dashboard, sent as `Authorization: Bearer …`.
    #[uniffi(default = None)]
    pub token: Option<String>,
    /// The credentials that are sent if a token is set. Default: the token alone.
    #[uniffi(default = None)]
    pub auth: Option<AppAuth>,
    /// The prefix that replaces `/api` in the app routes, such as `/api/v1` if they are served there.
    #[uniffi(default = None)]
    pub prefix: Option<String>,
}

impl Debug for AppRoutes {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let token = self.token.as_ref().map(|_| REDACTED);
        write!(formatter, "AppRoutes({token:?}, {:?}, {:?})", self.auth, self.prefix)
    }
}

/// The limits of the key that was used, as far as a response stated them.
#[derive(Clone, Copy, Debug, PartialEq, uniffi::Record)]
pub struct RateLimit {
    /// The number of requests allowed per minute (`X-RateLimit-Limit`).
    #[uniffi(default = None)]
    pub limit: Option<u64>,
    /// The number of requests left in this minute (`X-RateLimit-Remaining`, inferred).
    #[uniffi(default = None)]
    pub remaining: Option<u64>,
    /// The end of this minute in Unix seconds (`X-RateLimit-Reset`, inferred).
    #[uniffi(default = None)]
    pub reset: Option<u64>,
    /// The number of requests allowed per day (`X-RateLimit-Daily-Limit`).
    #[uniffi(default = None)]
    pub daily_limit: Option<u64>,
    /// The number of requests left today (`X-RateLimit-Daily-Remaining`).
    #[uniffi(default = None)]
    pub daily_remaining: Option<u64>,
}

impl From<hudhud::RateLimit> for RateLimit {
    fn from(given: hudhud::RateLimit) -> Self {
        let hudhud::RateLimit { limit, remaining, reset, daily_limit, daily_remaining, .. } = given;
        Self { limit, remaining, reset, daily_limit, daily_remaining }
    }
}

/// The metadata of a response.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Meta {
    /// The HTTP status.
    pub status: u16,
    /// The rate limits of the key.
    pub rate_limit: RateLimit,
    /// The wait that the vendor asks for.
    #[uniffi(default = None)]
    pub retry_after: Option<Duration>,
    /// True if this is the stored response to an earlier request with the same idempotency key.
    #[uniffi(default = false)]
    pub idempotent_replay: bool,
    /// The idempotency key that was sent. Use it again to repeat the same call.
    #[uniffi(default = None)]
    pub idempotency_key: Option<String>,
}

/// The longest wait, a hundred years. It does not overflow the hosts' types.
pub(crate) const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

impl From<&hudhud::Meta> for Meta {
    fn from(meta: &hudhud::Meta) -> Self {
        Self {
            status: meta.status,
            rate_limit: meta.rate_limit.into(),
            retry_after: meta.retry_after.map(|wait| wait.min(LONGEST)),
            idempotent_replay: meta.idempotent_replay,
            idempotency_key: meta.idempotency_key.as_ref().map(|key| key.as_str().to_owned()),
        }
    }
}

/// A field and its error messages.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct FieldErrors {
    /// The field's name, as the vendor writes it.
    pub field: String,
    /// The messages.
    pub messages: Vec<String>,
}

/// Shows the name alone, because a message may repeat what was sent.
impl Debug for FieldErrors {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "FieldErrors({})", redact_name(&self.field))
    }
}

/// The contents of an error.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct ErrorDetails {
    /// A summary for logs: the failure, the call, the origin and what to do, without keys, phone numbers and message texts.
    pub summary: String,
    /// The name of the error's kind in every host, such as `rate_limited`.
    pub kind: String,
    /// The name of the call, such as `contacts.list`, if the error belongs to one.
    pub call: Option<String>,
    /// The vendor's machine-readable code, verbatim.
    pub code: Option<String>,
    /// The vendor's message, verbatim, or this library's message if the vendor sent none. It may hold personal data: do
    /// not log it.
    pub reason: String,
    /// Messages by field, found locally or by the vendor.
    pub field_errors: Vec<FieldErrors>,
    /// The ability that the key lacks.
    pub required_ability: Option<String>,
    /// True if sending the same call again, with its idempotency key, can succeed and cannot repeat its effect.
    pub safe_to_retry: bool,
    /// True if the call may have had its effect. It is always false for calls that only read.
    pub may_have_happened: bool,
    /// True if the idempotency key reached the age at which the vendor forgets it, so that the call was not repeated.
    pub key_forgotten: bool,
    /// The number of attempts. 0 if the call was not sent.
    pub attempts: u32,
    /// The time from the first attempt to the error, waits included.
    pub elapsed: Duration,
    /// The vendor's `details`, such as the `limit` of a quota.
    pub details: Object,
    /// The methods that the response to a 405 allows.
    pub allowed_methods: Vec<String>,
    /// One sentence that says what to do about the error.
    pub hint: String,
    /// The origin of the error.
    pub origin: ErrorOrigin,
    /// The fault of the transport, if it failed.
    pub transport_fault: Option<TransportFault>,
    /// The transport's description of the failure, if it provides one. It contains the host name and no private text.
    pub transport_reason: Option<String>,
    /// The idempotency key that was sent. With this key the call can be repeated later without a second effect.
    pub idempotency_key: Option<String>,
    /// The wait that the vendor asks for, or after which the client's rate limiter lets the call leave.
    pub retry_after: Option<Duration>,
    /// The status, the rate limits and the mark of an idempotent replay, if a response arrived.
    pub meta: Option<Meta>,
    /// The whole response, if one arrived. It may hold personal data.
    pub response: Option<Response>,
}

impl Debug for ErrorDetails {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.summary)
    }
}

impl From<&Error> for ErrorDetails {
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
            safe_to_retry: error.safe_to_retry(),
            may_have_happened: error.may_have_happened(),
            key_forgotten: error.is_key_forgotten(),
            attempts: error.attempts(),
            elapsed: error.elapsed().min(LONGEST),
            details: error.details().clone(),
            allowed_methods: error.allowed_methods(),
            hint: error.hint().into_owned(),
            origin: error.origin(),
            transport_fault: error.transport_fault(),
            // The host adds the reason, because core only receives the fault.
            transport_reason: None,
            idempotency_key: error.idempotency_key().map(|key| key.as_str().to_owned()),
            retry_after: error.retry_after().map(|wait| wait.min(LONGEST)),
            meta: error.meta().map(Into::into),
            response: error.response().map(Into::into),
        }
    }
}

/// Declares the error of a call. Each kind becomes a class in Kotlin and a case in Swift.
macro_rules! kinds {
    ([] $(#[$_:meta])* closed_enum ErrorKind { $( $(#[$doc:meta])* $kind:ident = [$name:tt], )* }) => {
        /// An error of a call.
        #[derive(Clone, Debug, PartialEq, uniffi::Error)]
        pub enum HudhudError {
            $( $(#[$doc])* $kind {
                /// The contents of the error.
                failure: Box<ErrorDetails>,
            }, )*
        }

        impl HudhudError {
            /// Returns the contents of the error.
            #[must_use]
            pub fn failure(&self) -> &ErrorDetails {
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
                let failure = Box::new(ErrorDetails::from(error));
                match error.kind() { $( ErrorKind::$kind => Self::$kind { failure }, )* }
            }
        }
    };
}
hudhud::__ErrorKind!(kinds);

impl Display for HudhudError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.failure().summary)
    }
}

impl std::error::Error for HudhudError {}

impl From<InvalidIdempotencyKey> for HudhudError {
    fn from(fault: InvalidIdempotencyKey) -> Self {
        Error::from(fault).into()
    }
}
