//! What came over the wire, and what it means beside the answer itself.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::ops::Deref;
use core::time::Duration;

use serde::ser::SerializeMap;

use crate::idempotency::IdempotencyKey;
use crate::rate_limit::{RateLimit, retry_after};
use crate::time::UnixTime;

/// An HTTP response, as plain data that a transport fills in.
///
/// A transport must not follow redirects, and must hand over the body as it came, after undoing any
/// `Content-Encoding`.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names, in any case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// From a status, headers and a body.
    pub fn new<N: Into<String>, V: Into<String>>(
        status: u16,
        headers: impl IntoIterator<Item = (N, V)>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { status, headers, body: body.into() }
    }

    /// The first header of this name, in whatever case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Status, the names of the headers, and the length of the body.
impl Debug for Response {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &names)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// What a reply or an error says beside its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// The HTTP status.
    pub status: u16,
    /// The limits of the key.
    pub rate_limit: RateLimit,
    /// How long the vendor asks to wait.
    pub retry_after: Option<Duration>,
    /// Whether this is the stored answer to an earlier request with the same idempotency key.
    pub idempotent_replay: bool,
    /// The idempotency key that was sent, to be used again for the same wish.
    pub idempotency_key: Option<IdempotencyKey>,
}

impl Meta {
    /// Reads the headers; `now` serves a `Retry-After` that is a date.
    #[must_use]
    pub fn read(response: &Response, key: Option<&IdempotencyKey>, now: Option<UnixTime>) -> Self {
        let replay = response.header("idempotent-replay");
        Self {
            status: response.status,
            rate_limit: RateLimit::read(response),
            retry_after: retry_after(response, now),
            idempotent_replay: replay
                .is_some_and(|value| matches!(value.trim(), "true" | "1" | "True" | "TRUE")),
            idempotency_key: key.cloned(),
        }
    }
}

impl Meta {
    /// The members of its JSON; what was not said is left out.
    pub(crate) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("rate_limit", &self.rate_limit)?;
        if let Some(wait) = self.retry_after {
            map.serialize_entry("retry_after_ms", &u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))?;
        }
        map.serialize_entry("idempotent_replay", &self.idempotent_replay)?;
        if let Some(key) = &self.idempotency_key {
            map.serialize_entry("idempotency_key", key.as_str())?;
        }
        Ok(())
    }
}

/// Under the names every host uses.
impl serde::Serialize for Meta {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write(&mut map)?;
        map.end()
    }
}

/// A success: the decoded answer, what was said beside it, and the response it came in.
///
/// It dereferences to the answer. What the answer's type does not know is in its `extra`, and in the body.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The answer.
    pub answer: T,
    /// Status, limits and replay mark.
    pub meta: Meta,
    /// The response as it came.
    pub response: Response,
}

impl<T> Reply<T> {
    /// The answer alone.
    pub fn into_answer(self) -> T {
        self.answer
    }

    /// The same reply with another view of its answer.
    pub fn map<U>(self, view: impl FnOnce(T) -> U) -> Reply<U> {
        Reply { answer: view(self.answer), meta: self.meta, response: self.response }
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.answer
    }
}

impl<T: Debug> Debug for Reply<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reply").field("answer", &self.answer).field("meta", &self.meta).finish()
    }
}
