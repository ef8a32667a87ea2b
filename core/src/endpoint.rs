//! What a call is: its route, its input, its answer, and the facts that follow from them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Display, Formatter};

use crate::codec::input::Input;
use crate::codec::output::{Answer, Odd, is_success};
use crate::http::method::Method;
use crate::schema::{Kind, Schema};

/// Why it is safe, or not, to send a request a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repeat {
    /// It changes nothing (GET), or carries an idempotency key: always.
    Safe,
    /// It changes something and nothing tells a repetition from a second wish: only when it is sure that the
    /// first one had no effect.
    IfRefused,
    /// As `IfRefused`, for a vendor that asks for a repetition after 503 and documents no rate limit: Wazaj.
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
    /// Whether it is sent without keys.
    pub anonymous: bool,
    /// Whether it is one of the updates that are PUT or PATCH.
    pub update: bool,
    /// Whether its body is a form with a file.
    pub multipart: bool,
    /// What of this the vendor's page does not state.
    pub inferred: &'static [&'static str],
}

/// Which of a vendor's doors a call goes through.
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

/// How a vendor tells a repeated request from a second wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Idempotency {
    /// The call only reads.
    ReadOnly,
    /// The call carries an `Idempotency-Key`.
    Key,
    /// It cannot: such a call is repeated only when it surely had no effect.
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
    /// The part of the name behind it.
    pub verb: &'static str,
    /// Method, path, ability.
    pub route: Route,
    /// Which door it goes through.
    pub surface: Surface,
    /// Whether and how it can be repeated, with the catalog's method: see [`Spec::idempotency_with`].
    pub idempotency: Idempotency,
    /// Its fields and its documentation.
    pub input: &'static Schema,
    /// What it answers.
    pub answer: Kind,
    /// How that is read, where its schema does not say it all.
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

/// What `#[endpoint]` gives a struct: its route.
pub trait Call: Input {
    /// The route.
    const ROUTE: Route;
}

/// What the catalog gives it: its place in the API.
pub trait Endpoint: Call {
    /// Whose call it is.
    type Vendor: Vendor;
    /// What a success is decoded to.
    type Answer: Answer;
    /// The row of the catalog, as data.
    const SPEC: &'static Spec;
}

/// What tells one vendor from the other.
pub trait Vendor: Clone + Debug {
    /// The vendor's name: `zagely`, `wazaj`.
    const NAME: &'static str;

    /// Adds the headers that say who is calling.
    fn authorize(&self, spec: &Spec, headers: &mut Vec<(&'static str, String)>);

    /// What stands between the base URL and a path, and what of the path then follows.
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

    /// Whether a body reports a failure under a status of success.
    fn denies(body: &[u8]) -> bool {
        let _ = body;
        false
    }
}
