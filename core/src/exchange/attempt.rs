//! Facts about a call and its attempts, for logs, metrics and traces. They contain no key, no phone number and no text.

use alloc::string::{String, ToString};
use core::time::Duration;

use serde::ser::SerializeStruct;

use crate::endpoint::EndpointSpec;
use crate::error::Error;
use crate::error::kind::{ErrorKind, TransportFault};
use crate::http::metadata::{Meta, whole_millis};
use crate::http::rate_limit::RateLimit;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::limiter::feedback::RateLimitFeedback;
use crate::redact::is_token;
use crate::text::members::optional;
use crate::types::closed_enum::ClosedEnum;

/// The facts about a call that do not change between its attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallDescription {
    /// The vendor: `zagely`, `wazaj`.
    pub vendor: &'static str,
    /// The name of the call, such as `contacts.get`. It is `request` for a call by route.
    pub call: &'static str,
    /// The method, as it is sent: `POST`.
    pub method: &'static str,
    /// The path of the URL, with parameters instead of values: `/api/v1/contacts/{contact_id}`.
    pub url_template: String,
    /// The host of the base URL, without the brackets of an IPv6 address.
    pub server_address: String,
    /// The port of the base URL, or that of its scheme.
    pub server_port: u16,
}

impl CallDescription {
    pub(crate) fn of(spec: &EndpointSpec, template: &str, request: &Request) -> Self {
        let (scheme, rest) = request.url.split_once("://").unwrap_or_default();
        let authority = request.authority();
        let path = &rest[authority.len()..];
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
            _ => (authority, ""),
        };
        let default_port = if scheme == "http" { 80 } else { 443 };
        Self {
            vendor: spec.vendor.name,
            call: spec.name,
            method: request.method.as_str(),
            url_template: templated(path, template),
            server_address: host.trim_matches(['[', ']']).to_string(),
            server_port: port.parse().unwrap_or(default_port),
        }
    }
}

/// Returns the path with parameters instead of their values. The base URL and a prefix may add segments at the front,
/// so segments are counted from the end.
fn templated(path: &str, template: &str) -> String {
    let without_query = |text: &str| text.find('?').unwrap_or(text.len());
    let (path, template) = (&path[..without_query(path)], &template[..without_query(template)]);
    let slashes = |text: &str| text.bytes().filter(|byte| *byte == b'/').count();
    let (added, missing) =
        (slashes(path).saturating_sub(slashes(template)), slashes(template).saturating_sub(slashes(path)));
    let mut written = String::with_capacity(path.len() + template.len());
    let mut stated = template.split('/').skip(missing);
    for (at, segment) in path.split('/').enumerate() {
        if at > 0 {
            written.push('/');
        }
        let stated = if at < added { None } else { stated.next() };
        written.push_str(stated.filter(|stated| stated.starts_with('{')).unwrap_or(segment));
    }
    written
}

/// Serialises under the names that every host uses.
impl serde::Serialize for CallDescription {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("CallDescription", 6)?;
        members.serialize_field("vendor", self.vendor)?;
        members.serialize_field("call", self.call)?;
        members.serialize_field("method", self.method)?;
        members.serialize_field("url_template", &self.url_template)?;
        members.serialize_field("server_address", &self.server_address)?;
        members.serialize_field("server_port", &self.server_port)?;
        members.end()
    }
}

/// The facts about an attempt that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The number of the attempt, from 1.
    pub number: u32,
    /// The HTTP status, if a response arrived.
    pub status: Option<u16>,
    /// The kind of the error, or `None` after a success.
    pub error: Option<ErrorKind>,
    /// The fault of the transport, if no response arrived.
    pub fault: Option<TransportFault>,
    /// The wait before the next attempt, or `None` if no attempt follows.
    pub wait: Option<Duration>,
    /// The wait that the vendor asked for.
    pub retry_after: Option<Duration>,
    /// The limits of the key.
    pub rate_limit: RateLimit,
    /// The id that the server gave the request (`X-Request-Id`, inferred), if it looks like an id.
    pub request_id: Option<String>,
    /// True if this is the stored response to an earlier request with the same idempotency key.
    pub idempotent_replay: bool,
}

impl Attempt {
    pub(crate) fn succeeded(number: u32, meta: &Meta, response: &Response) -> Self {
        Self {
            number,
            status: Some(meta.status),
            error: None,
            fault: None,
            wait: None,
            retry_after: meta.retry_after,
            rate_limit: meta.rate_limit,
            request_id: request_id(response),
            idempotent_replay: meta.idempotent_replay,
        }
    }

    pub(crate) fn failed(number: u32, error: &Error, wait: Option<Duration>) -> Self {
        let meta = error.meta();
        Self {
            number,
            status: error.status(),
            error: Some(error.kind()),
            fault: error.transport_fault(),
            wait,
            retry_after: meta.and_then(|meta| meta.retry_after),
            rate_limit: meta.map(|meta| meta.rate_limit).unwrap_or_default(),
            request_id: error.response().and_then(request_id),
            idempotent_replay: meta.is_some_and(|meta| meta.idempotent_replay),
        }
    }
}

/// Returns the id of a request. A server may put anything into a header, so other texts are left out.
fn request_id(response: &Response) -> Option<String> {
    let id = response.header("x-request-id").or_else(|| response.header("request-id"))?;
    is_token(id).then(|| id.to_string())
}

/// Serialises under the names that every host uses. Absent facts are left out.
impl serde::Serialize for Attempt {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Attempt", 9)?;
        members.serialize_field("attempt", &self.number)?;
        optional(&mut members, "status", self.status)?;
        optional(&mut members, "error", self.error.map(ErrorKind::as_str))?;
        optional(&mut members, "fault", self.fault.map(ClosedEnum::as_str))?;
        optional(&mut members, "wait_ms", self.wait.map(whole_millis))?;
        optional(&mut members, "retry_after_ms", self.retry_after.map(whole_millis))?;
        members.serialize_field("rate_limit", &self.rate_limit)?;
        optional(&mut members, "request_id", self.request_id.as_deref())?;
        members.serialize_field("idempotent_replay", &self.idempotent_replay)?;
        members.end()
    }
}

impl From<&Attempt> for RateLimitFeedback {
    fn from(attempt: &Attempt) -> Self {
        Self {
            success: attempt.status.is_some_and(|status| (200..300).contains(&status)),
            error: attempt.error,
            retry_after: attempt.retry_after,
            rate_limit: attempt.rate_limit,
            idempotent_replay: attempt.idempotent_replay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::templated;

    #[test]
    fn parameters_take_the_place_of_values() {
        for (path, template, expected) in [
            ("/api/v1/contacts/c-1?a=1", "/api/v1/contacts/{contact_id}", "/api/v1/contacts/{contact_id}"),
            ("/gateway/api/v1/contacts", "/api/v1/contacts", "/gateway/api/v1/contacts"),
            ("/v9/contacts/c-1/block", "/api/contacts/{contact_id}/block", "/v9/contacts/{contact_id}/block"),
            ("/a", "/api/v1/long/path", "/a"),
            ("", "/x", ""),
        ] {
            assert_eq!(templated(path, template), expected);
        }
    }
}
