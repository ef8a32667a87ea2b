//! The definition of a call: its route, its input, its output, and the facts that follow from them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Display, Formatter};

use crate::codec::input::Input;
use crate::codec::output::{CustomDecoding, Output, is_success};
use crate::http::method::Method;
use crate::http::request::Header;
use crate::schema::{Schema, Type};

/// The condition under which a request may be sent a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetrySafety {
    /// Always: the request changes nothing (GET), or has an idempotency key.
    Always,
    /// Only if the first request certainly had no effect: it was not sent, or the response was a 429 for the
    /// limit per minute. The call changes something, and the vendor cannot distinguish a retry from a new request.
    OnlyIfRejected,
    /// Only if the first request certainly had no effect: it was not sent, or the response was a 503. The vendor states
    /// that a request with a 503 had no effect. It documents no rate limit.
    OnlyIfUnavailable,
}

impl RetrySafety {
    /// Returns `true` if a request that failed for this cause may be sent again.
    #[must_use]
    pub fn allows(self, cause: RetryCause) -> bool {
        match (cause, self) {
            (RetryCause::Final, _) => false,
            (RetryCause::NotSent, _) | (_, Self::Always) => true,
            (RetryCause::Unavailable(status), Self::OnlyIfUnavailable) => status == 503,
            (RetryCause::RateLimited, Self::OnlyIfRejected) => true,
            _ => false,
        }
    }
}

/// The cause of a failure, as far as a retry depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryCause {
    /// The request was not sent: no connection could be made.
    NotSent,
    /// The request was sent, and no response arrived. It may have had its effect.
    Unanswered,
    /// The vendor refused the request before it had an effect: 429 for the limit per minute.
    RateLimited,
    /// The vendor or a server in front of it is not available: 502, 503, 504.
    Unavailable(u16),
    /// Any other failure. A repetition would fail the same way, or is not allowed.
    Final,
}

/// The route of a call, as `#[endpoint(…)]` states it.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path under the vendor's origin, with `{parameters}`.
    pub path: &'static str,
    /// The ability that the key must have, if the vendor names one.
    pub ability: Option<&'static str>,
    /// True if the request is sent without keys.
    pub anonymous: bool,
    /// True if the call is an update, which is sent as PUT or PATCH.
    pub update: bool,
    /// True if the body is a form with a file.
    pub multipart: bool,
    /// The parts of the route that the vendor's page does not state.
    pub inferred: &'static [&'static str],
}

/// The part of a vendor's API that a call belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Surface {
    /// Zagely's `/api/v1`: a key pair, idempotency keys, and one form of errors.
    V1,
    /// Zagely's unversioned routes: an optional app token, no idempotency, and the framework's own errors.
    App,
    /// Wazaj's Business API.
    Business,
}

/// The way in which a vendor distinguishes a retry from a new request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Idempotency {
    /// The call only reads.
    ReadOnly,
    /// The request has an `Idempotency-Key`.
    Key,
    /// The vendor cannot distinguish a retry from a new request. The call is retried only if it certainly had no
    /// effect.
    None,
}

impl Idempotency {
    const fn of(method: Method, surface: Surface) -> Self {
        match (method, surface) {
            (Method::Get, _) => Self::ReadOnly,
            (_, Surface::V1) => Self::Key,
            _ => Self::None,
        }
    }
}

/// One call of the catalog, as data.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct EndpointSpec {
    /// `<group>.<verb>`, such as `contacts.list`.
    pub name: &'static str,
    /// The vendor.
    pub vendor: &'static VendorInfo,
    /// The part of the name before the dot.
    pub group: &'static str,
    /// The part of the name after the dot.
    pub verb: &'static str,
    /// The method, the path, the ability and other facts of the route.
    pub route: Route,
    /// The part of the vendor's API to which the call belongs.
    pub surface: Surface,
    /// The idempotency with the catalog's method: see [`EndpointSpec::idempotency_with`].
    pub idempotency: Idempotency,
    /// The fields and the documentation.
    pub input: &'static Schema,
    /// The type of the output.
    pub output: Type,
    /// The special decoding of the output, if its schema does not describe it fully.
    pub(crate) custom_decoding: Option<&'static CustomDecoding>,
}

impl EndpointSpec {
    /// Joins a row of the catalog with the call's declaration.
    pub(crate) const fn new(
        vendor: &'static VendorInfo,
        surface: Surface,
        [name, group, verb]: [&'static str; 3],
        route: Route,
        input: Type,
        output: Type,
        custom_decoding: Option<&'static CustomDecoding>,
    ) -> Self {
        let input = match input {
            Type::Model(schema) => schema,
            _ => panic!("a call is a struct"),
        };
        let idempotency = Idempotency::of(route.method, surface);
        Self { name, vendor, group, verb, route, surface, idempotency, input, output, custom_decoding }
    }

    /// Returns the function that decides if a status is a success of the call.
    pub(crate) fn accepting(&self) -> fn(u16) -> bool {
        self.custom_decoding.map_or(is_success, |custom_decoding| custom_decoding.accepts)
    }

    /// Returns the idempotency of the call with this method, which may differ from the catalog's.
    #[must_use]
    pub const fn idempotency_with(&self, method: Method) -> Idempotency {
        Idempotency::of(method, self.surface)
    }
}

impl Display for EndpointSpec {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// A struct with a route, implemented by `#[endpoint]`.
pub trait Call: Input {
    /// The route.
    const ROUTE: Route;
}

/// A call with a place in the API, implemented by the catalog.
pub trait Endpoint: Call {
    /// The vendor of the call.
    type Vendor: Vendor;
    /// The type that a success is decoded to.
    type Output: Output;
    /// The row of the catalog, as data.
    const SPEC: &'static EndpointSpec;
}

/// The facts about a vendor that its calls and errors depend on.
#[derive(Debug)]
#[non_exhaustive]
pub struct VendorInfo {
    /// The vendor's name: `zagely`, `wazaj`.
    pub name: &'static str,
    /// The condition for a second request of a call that changes something and has no idempotency key.
    pub(crate) unkeyed: RetrySafety,
    /// The codes that an error may contain instead of a field's name or of a message.
    pub(crate) error_codes: &'static [&'static str],
    /// True if messages are sent from sessions, so that a client can have a default session.
    pub(crate) has_sessions: bool,
    /// The hints for the vendor's error codes.
    pub(crate) hints: &'static [(&'static str, &'static str)],
}

impl VendorInfo {
    /// Returns the condition for a second request of a call.
    pub(crate) fn retry_safety(&self, idempotency: Idempotency, has_key: bool) -> RetrySafety {
        match idempotency {
            Idempotency::ReadOnly => RetrySafety::Always,
            Idempotency::Key if has_key => RetrySafety::Always,
            Idempotency::Key | Idempotency::None => self.unkeyed,
        }
    }

    /// Returns what to do about an error with this code.
    pub(crate) fn hint(&self, code: &str) -> Option<&'static str> {
        self.hints.iter().find(|(known, _)| *known == code).map(|(_, hint)| *hint)
    }
}

/// Compares the names.
impl PartialEq for VendorInfo {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Writes the name.
impl Display for VendorInfo {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// A vendor: the facts and functions in which the vendors differ.
pub trait Vendor: Clone + Debug {
    /// The facts about the vendor.
    const INFO: &'static VendorInfo;

    /// Returns the part of the API to which a path belongs.
    fn surface(path: &str) -> Surface;

    /// Adds the headers with the credentials.
    fn authorize(&self, spec: &EndpointSpec, headers: &mut Vec<Header>);

    /// Returns the prefix between the base URL and a path, and the part of the path that follows it.
    fn prefix<'a>(&'a self, path: &'a str, surface: Surface) -> (&'a str, &'a str) {
        let _ = surface;
        ("", path)
    }

    /// Returns the prefix and the last four characters of the public key, if the vendor has one.
    fn public_key_end(&self) -> Option<String> {
        None
    }

    /// Returns the public key, if the vendor has one and keeps the idempotency keys of each public key separately.
    fn public_key(&self) -> Option<&str> {
        None
    }

    /// Returns `true` if a body reports a failure although the status is a success.
    fn is_error_body(body: &[u8]) -> bool {
        let _ = body;
        false
    }
}
