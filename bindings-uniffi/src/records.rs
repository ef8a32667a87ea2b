//! Plain data of requests and responses for Kotlin and Swift.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

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
