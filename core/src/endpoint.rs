//! The definition of a call: its route, its input, its answer, and the facts that follow from them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Display, Formatter};

use crate::codec::input::Input;
use crate::codec::output::{Answer, Odd, is_success};
use crate::http::method::Method;
use crate::schema::{Kind, Schema};

/// The condition under which a request may be sent a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repeat {
    /// It changes nothing (GET), or carries an idempotency key: always.
    Safe,
    /// It changes something, and the vendor cannot tell a retry from a new request: only when it is certain that the
    /// first one had no effect.
    IfRefused,
    /// As `IfRefused`, for a vendor that asks for a retry after 503 and documents no rate limit: Wazaj.
    IfUnavailable,
}

/// The route of a call, as `#[endpoint(…)]` states it.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path under the vendor's origin, with `{parameters}`.
    pub path: &'static str,
    /// The ability the key must have, where the vendor names one.
    pub ability: Option<&'static str>,
    /// True if it is sent without keys.
    pub anonymous: bool,
    /// True if it is one of the updates that are PUT or PATCH.
    pub update: bool,
    /// True if its body is a form with a file.
    pub multipart: bool,
    /// The parts of the route that the vendor's page does not state.
    pub inferred: &'static [&'static str],
}

/// The part of a vendor's API that a call belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Surface {
    /// Zagely's `/api/v1`: the key pair, idempotency keys, one error envelope.
    V1,
    /// Zagely's unversioned routes: perhaps an app token, no idempotency, the framework's own errors.
    App,
    /// Wazaj's Business API.
    Business,
}

/// The way a vendor tells a retry from a new request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Idempotency {
    /// The call only reads.
    ReadOnly,
    /// The call carries an `Idempotency-Key`.
    Key,
    /// The vendor cannot tell them apart: the call is retried only if it certainly had no effect.
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
pub struct Spec {
    /// `<group>.<verb>`, such as `contacts.list`.
    pub name: &'static str,
    /// `zagely` or `wazaj`.
    pub vendor: &'static str,
    /// The part of the name before the dot.
    pub group: &'static str,
    /// The part of the name after the dot.
    pub verb: &'static str,
    /// Method, path, ability.
    pub route: Route,
    /// The part of the vendor's API it belongs to.
    pub surface: Surface,
    /// Its idempotency with the catalog's method: see [`Spec::idempotency_with`].
    pub idempotency: Idempotency,
    /// Its fields and its documentation.
    pub input: &'static Schema,
    /// The type of its answer.
    pub answer: Kind,
    /// The special decoding of the answer, if its schema does not describe it fully.
    pub(crate) odd: Option<&'static Odd>,
}

impl Spec {
    /// Puts a catalog row together with what the call's own declaration says.
    pub(crate) const fn new(
        vendor: &'static str,
        [name, group, verb]: [&'static str; 3],
        route: Route,
        input: Kind,
        answer: Kind,
        odd: Option<&'static Odd>,
    ) -> Self {
        let input = match input {
            Kind::Model(schema) => schema,
            _ => panic!("a call is a struct"),
        };
        let surface = if !begins(route.path, "/api/") {
            Surface::Business
        } else if begins(route.path, "/api/v1/") {
            Surface::V1
        } else {
            Surface::App
        };
        let idempotency = Idempotency::of(route.method, surface);
        Self { name, vendor, group, verb, route, surface, idempotency, input, answer, odd }
    }

    /// Tells whether a status is an answer to the call.
    pub(crate) fn accepting(&self) -> fn(u16) -> bool {
        self.odd.map_or(is_success, |odd| odd.accepts)
    }

    /// Decides how repetitions of the call are told apart when it is sent with this method, which may be another than
    /// the catalog's.
    #[must_use]
    pub const fn idempotency_with(&self, method: Method) -> Idempotency {
        Idempotency::of(method, self.surface)
    }
}

impl Display for Spec {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// `str::starts_with`, in a constant.
const fn begins(text: &str, start: &str) -> bool {
    let (text, start) = (text.as_bytes(), start.as_bytes());
    let mut at = 0;
    while at < start.len() {
        if at >= text.len() || text[at] != start[at] {
            return false;
        }
        at += 1;
    }
    true
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
    type Answer: Answer;
    /// The row of the catalog, as data.
    const SPEC: &'static Spec;
}

/// The differences between the vendors.
pub trait Vendor: Clone + Debug {
    /// The vendor's name: `zagely`, `wazaj`.
    const NAME: &'static str;

    /// Adds the headers with the credentials.
    fn authorize(&self, spec: &Spec, headers: &mut Vec<(&'static str, String)>);

    /// Returns the prefix between the base URL and a path, and the part of the path that follows it.
    fn prefix<'a>(&'a self, path: &'static str, surface: Surface) -> (&'a str, &'static str) {
        let _ = surface;
        ("", path)
    }

    /// Decides when a request of such a call may be sent a second time.
    fn repeat(idempotency: Idempotency, has_key: bool) -> Repeat {
        match idempotency {
            Idempotency::ReadOnly => Repeat::Safe,
            Idempotency::Key if has_key => Repeat::Safe,
            Idempotency::Key | Idempotency::None => Repeat::IfRefused,
        }
    }

    /// True if a body reports a failure under a status of success.
    fn denies(body: &[u8]) -> bool {
        let _ = body;
        false
    }
}
