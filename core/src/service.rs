//! What both vendors' clients have in common: settings, and the two pure functions from a call to a request
//! and from a response to a reply.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use crate::answer::{Answer, Unreadable};
use crate::base_url;
use crate::endpoint::{Endpoint, Idempotency, Spec, Surface};
use crate::error::{Error, FieldErrors};
use crate::exchange::{Exchange, Machine};
use crate::idempotency::IdempotencyKey;
use crate::input::{AsItIs, Input, Sink, Value};
use crate::mend;
use crate::request::{CallOptions, Context, METHOD_OVERRIDE, Method, Request, Write, write};
use crate::response::{Meta, Reply, Response};
use crate::retry::{Repeat, RetryPolicy};
use crate::schema::{Field, Kind};
use crate::time::UnixTime;

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

/// A client's view of one vendor: who is calling, where, and how. It holds no connection.
///
/// [`Zagely`](crate::Zagely) and [`Wazaj`](crate::Wazaj) are the two there are. Everything here is pure: the
/// same call, options and entropy give the same bytes.
#[derive(Clone)]
pub struct Service<V> {
    pub(crate) vendor: V,
    base_url: String,
    update_method: Method,
    methods: Vec<(&'static str, Method)>,
    user_agent: Option<String>,
    retry: RetryPolicy,
    checks: bool,
    spelling: Spelling,
}

/// How a request is spelled where there is more than one way.
#[derive(Clone, Copy, Debug, Default)]
struct Spelling {
    tunnel: bool,
    boolean_words: bool,
}

impl<V: Vendor> Debug for Service<V> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Service")
            .field("vendor", &self.vendor)
            .field("update_method", &self.update_method)
            .field("retry", &self.retry)
            .field("checks", &self.checks)
            .finish_non_exhaustive()
    }
}

impl<V: Vendor> Service<V> {
    pub(crate) fn over(vendor: V, base_url: &str) -> Result<Self, Error> {
        Ok(Self::over_known(vendor, &base_url::normalize(base_url)?))
    }

    /// Over a base URL that is known to be legal.
    pub(crate) fn over_known(vendor: V, base_url: &str) -> Self {
        Self {
            vendor,
            base_url: base_url.to_string(),
            update_method: Method::Put,
            methods: Vec::new(),
            user_agent: Some(concat!("hudhud/", env!("CARGO_PKG_VERSION")).into()),
            retry: RetryPolicy::default(),
            checks: true,
            spelling: Spelling::default(),
        }
    }

    /// The vendor's origin, and a path if it stands behind a gateway. `https`, or `http` on loopback.
    ///
    /// It is kept as every HTTP library reads it: scheme and host in lower case, no slash at the end. Names beyond ASCII
    /// are written in punycode.
    ///
    /// # Errors
    /// `invalid_request` under `base_url` for what libraries refuse or read differently.
    pub fn base_url(mut self, base_url: &str) -> Result<Self, Error> {
        self.base_url = base_url::normalize(base_url)?;
        Ok(self)
    }

    /// Whether updates go as PUT (the default) or PATCH. Inferred: the vendor's page lost the column.
    #[must_use]
    pub fn update_method(mut self, method: Method) -> Self {
        self.update_method = method;
        self
    }

    /// Another method than the catalog's for one call, where an inferred one is wrong.
    ///
    /// # Errors
    /// `invalid_request` under `call` if there is no such call.
    pub fn method(mut self, call: &str, method: Method) -> Result<Self, Error> {
        let spec = Spec::named(V::NAME, call)
            .ok_or_else(|| Error::invalid("call", "There is no call of this name."))?;
        self.methods.retain(|(name, _)| *name != spec.name);
        self.methods.push((spec.name, method));
        Ok(self)
    }

    /// The `User-Agent`; `None` sends none. Default: `hudhud/` and the version.
    #[must_use]
    pub fn user_agent(mut self, user_agent: Option<&str>) -> Self {
        // A header value; what cannot stand in one is dropped rather than refused.
        self.user_agent =
            user_agent.map(|text| text.chars().filter(|letter| matches!(letter, ' '..='~')).collect());
        self
    }

    /// How stubbornly exchanges try. Default: [`RetryPolicy::default`].
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Whether the vendor's stated limits are checked before sending. Default: yes.
    #[must_use]
    pub fn checks(mut self, checks: bool) -> Self {
        self.checks = checks;
        self
    }

    /// Whether PUT, PATCH and DELETE travel as POST with `X-HTTP-Method-Override`, for networks and hosts that drop
    /// them or their bodies. Default: no. Inferred: the framework behind the vendor understands it.
    #[must_use]
    pub fn tunnel_methods(mut self, tunnel: bool) -> Self {
        self.spelling.tunnel = tunnel;
        self
    }

    /// Whether booleans in a query are spelled `true` and `false` instead of `1` and `0`. Default: no. The vendor
    /// does not state it; the digits satisfy every rule of the framework behind it.
    #[must_use]
    pub fn boolean_words(mut self, words: bool) -> Self {
        self.spelling.boolean_words = words;
        self
    }

    pub(crate) fn checks_calls(&self, options: &CallOptions) -> bool {
        options.checks.unwrap_or(self.checks)
    }

    pub(crate) fn policy(&self, options: &CallOptions) -> RetryPolicy {
        options.retry.unwrap_or(self.retry)
    }

    /// The request of a call. Without an idempotency key in `options` none is sent: use
    /// [`Service::exchange`], or take one from [`IdempotencyKey::from_entropy`].
    ///
    /// # Errors
    /// `invalid_request` with every fault of the call at once.
    pub fn request<E: Endpoint<Vendor = V>>(
        &self,
        call: &E,
        options: &CallOptions,
    ) -> Result<Request, Error> {
        let mut faults = FieldErrors::default();
        if self.checks_calls(options) {
            Input::check(call, "", &mut faults);
        }
        self.build(E::SPEC, call, options, faults, &[])
    }

    /// Writes a checked call out. `entropy` may be empty: it is one of the things that make the boundary of a form.
    pub(crate) fn build(
        &self,
        spec: &'static Spec,
        call: &dyn Write,
        options: &CallOptions,
        mut faults: FieldErrors,
        entropy: &[u8],
    ) -> Result<Request, Error> {
        let as_it_is = AsItIs(call);
        let call: &dyn Write = if self.checks_calls(options) { call } else { &as_it_is };
        let method = self.method_of(spec, options);
        let (prefix, path) = self.vendor.prefix(spec.route.path, spec.surface);
        let mut url = String::with_capacity(self.base_url.len() + prefix.len() + path.len() + 96);
        url.push_str(&self.base_url);
        url.push_str(prefix);
        let mut headers = Vec::with_capacity(7);
        if !spec.route.anonymous {
            self.vendor.authorize(spec, &mut headers);
        }
        let key = options.idempotency_key.as_ref();
        let mut seed: Vec<&[u8]> = headers.iter().map(|(_, value)| value.as_bytes()).collect();
        seed.extend([key.map_or("", IdempotencyKey::as_str).as_bytes(), entropy]);
        let (extra, boolean_words) = (&options.extra, self.spelling.boolean_words);
        let context = Context { method, spec, path, extra, boolean_words, seed: &seed };
        let body = write(&context, call, &mut url, &mut faults);
        call.write(&mut Halves(&mut faults));
        for (name, value) in options.extra.iter() {
            let (json, at) = (value.as_str(), format!("extra.{name}"));
            mend::tell_halves(json, &mend::surrogates(json), &at, &mut faults);
        }
        if !faults.is_empty() {
            return Err(Error::from_faults(Some(spec), faults));
        }
        headers.push(("Accept", "application/json".to_string()));
        let body = body.map(|(body, content_type)| {
            headers.push(("Content-Type", content_type.into_owned()));
            body
        });
        let takes_key = spec.idempotency_with(method) == Idempotency::Key;
        if let Some(key) = key.filter(|_| takes_key) {
            headers.push(("Idempotency-Key", key.as_str().to_string()));
        }
        if let Some(user_agent) = &self.user_agent {
            headers.push(("User-Agent", user_agent.clone()));
        }
        let mut sent = method;
        if self.spelling.tunnel && !matches!(method, Method::Get | Method::Post) {
            headers.push((METHOD_OVERRIDE, method.as_str().to_string()));
            sent = Method::Post;
        }
        Ok(Request { call: spec.name, method: sent, url, headers, body })
    }

    fn method_of(&self, spec: &Spec, options: &CallOptions) -> Method {
        let set = self.methods.iter().find(|(name, _)| *name == spec.name).map(|(_, method)| *method);
        let default = if spec.route.update { self.update_method } else { spec.route.method };
        options.method.or(set).unwrap_or(default)
    }

    /// The reply in a response. `key` is the idempotency key that was sent, if one was; it is handed on in the
    /// metadata.
    ///
    /// # Errors
    /// What the vendor refused, or `unexpected_response` for a success that cannot be read.
    pub fn reply<E: Endpoint<Vendor = V>>(
        &self,
        response: Response,
        key: Option<&IdempotencyKey>,
    ) -> Result<Reply<E::Answer>, Error> {
        decode::<E>(response, key, None)
    }

    /// The answer in a response, read where its body stands; `None` where [`Service::reply`] has something else to say.
    pub fn answer<E: Endpoint<Vendor = V>>(&self, status: u16, body: &[u8]) -> Option<E::Answer> {
        let is_answer = E::Answer::accepts(status) && !V::denies(body);
        is_answer.then(|| E::Answer::read(status, body).ok()).flatten()
    }

    /// The call in flight: with its retries, waits and idempotency key. `entropy` is 16 bytes of the host's
    /// randomness, for the key and for spreading the waits.
    ///
    /// # Errors
    /// `invalid_request` with every fault of the call at once.
    pub fn exchange<E: Endpoint<Vendor = V>>(
        &self,
        call: E,
        entropy: [u8; 16],
    ) -> Result<Exchange<E>, Error> {
        self.exchange_with(call, CallOptions::default(), entropy)
    }

    /// [`Service::exchange`] with options.
    ///
    /// # Errors
    /// `invalid_request` with every fault of the call at once.
    pub fn exchange_with<E: Endpoint<Vendor = V>>(
        &self,
        call: E,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> Result<Exchange<E>, Error> {
        let mut faults = FieldErrors::default();
        if self.checks_calls(&options) {
            Input::check(&call, "", &mut faults);
        }
        let machine = self.machine(E::SPEC, &call, options, faults, entropy)?;
        Ok(Exchange::new(call, machine))
    }

    /// Puts a checked call in flight. A call that takes an idempotency key gets one; a call that takes none loses the
    /// one it was given. The method that is sent decides which of the two it is.
    pub(crate) fn machine(
        &self,
        spec: &'static Spec,
        call: &dyn Write,
        mut options: CallOptions,
        faults: FieldErrors,
        entropy: [u8; 16],
    ) -> Result<Machine, Error> {
        let idempotency = spec.idempotency_with(self.method_of(spec, &options));
        let given = options.idempotency_key.take();
        options.idempotency_key = match idempotency {
            Idempotency::Key => Some(given.unwrap_or_else(|| IdempotencyKey::from_entropy(entropy))),
            Idempotency::ReadOnly | Idempotency::None => None,
        };
        let request = self.build(spec, call, &options, faults, &entropy)?;
        let key = options.idempotency_key.take();
        let repeat = V::repeat(idempotency, key.is_some());
        Ok(Machine::new(spec, request, key, self.policy(&options), repeat, entropy))
    }
}

/// Sink that looks for half a pair of surrogates in JSON. Strings of Rust cannot hold one.
struct Halves<'a>(&'a mut FieldErrors);

impl Sink for Halves<'_> {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        let mut kind = &field.kind;
        while let Kind::Nullable(inner) | Kind::List(inner) = kind {
            kind = inner;
        }
        if matches!(kind, Kind::Json | Kind::Object) && value.is_given() {
            let mut out = Vec::new();
            value.json(field, &mut out);
            let json = String::from_utf8(out).unwrap_or_default();
            mend::tell_halves(&json, &mend::surrogates(&json), field.name, self.0);
        }
    }
}

/// Decodes a response of a call.
pub(crate) fn decode<E: Endpoint>(
    response: Response,
    key: Option<&IdempotencyKey>,
    now: Option<UnixTime>,
) -> Result<Reply<E::Answer>, Error> {
    let (accepts, denies, read) = (E::Answer::accepts, E::Vendor::denies, &E::Answer::read);
    decode_by(&Reading { spec: E::SPEC, accepts, denies, read }, response, key, now)
}

/// How a call's responses are read.
pub(crate) struct Reading<'a, T> {
    pub(crate) spec: &'static Spec,
    pub(crate) accepts: fn(u16) -> bool,
    pub(crate) denies: fn(&[u8]) -> bool,
    pub(crate) read: &'a dyn Fn(u16, &[u8]) -> Result<T, Unreadable>,
}

/// [`decode`], made once for each type of answer and not for each call: for calls by name that is once in all.
pub(crate) fn decode_by<T>(
    reading: &Reading<'_, T>,
    response: Response,
    key: Option<&IdempotencyKey>,
    now: Option<UnixTime>,
) -> Result<Reply<T>, Error> {
    let meta = Meta::read(&response, key, now);
    if !(reading.accepts)(response.status) {
        return Err(Error::from_response(reading.spec, response, meta));
    }
    let read = if (reading.denies)(&response.body) {
        Err(Unreadable::Denied)
    } else {
        (reading.read)(response.status, &response.body)
    };
    match read {
        Ok(answer) => Ok(Reply { answer, meta, response }),
        Err(Unreadable::Denied) => Err(Error::denied(reading.spec, response, meta)),
        Err(fault) => Err(Error::unreadable(reading.spec, &fault, response, meta)),
    }
}

#[cfg(test)]
mod tests {
    use crate::zagely::{DeleteContact, KeyPair, ListContacts, Zagely};
    use crate::{CallOptions, Method};

    #[test]
    fn a_network_that_drops_methods_is_tunnelled_through() {
        let zagely = Zagely::new(KeyPair::new("pk_x", "sk_x").unwrap()).tunnel_methods(true);
        let request = zagely.request(&DeleteContact::new("c-1"), &CallOptions::new()).unwrap();
        assert_eq!(
            (request.method, request.header("x-http-method-override")),
            (Method::Post, Some("DELETE"))
        );
        let request = zagely.request(&ListContacts::new(), &CallOptions::new()).unwrap();
        assert_eq!((request.method, request.header("x-http-method-override")), (Method::Get, None));
    }

    #[test]
    fn booleans_are_digits_unless_words_are_asked_for() {
        let zagely = Zagely::new(KeyPair::new("pk_x", "sk_x").unwrap());
        let call = ListContacts::new().is_blocked(true).opted_out(false);
        let url = |zagely: &Zagely| zagely.request(&call, &CallOptions::new()).unwrap().url;
        assert!(url(&zagely).ends_with("?is_blocked=1&opted_out=0"));
        assert!(url(&zagely.boolean_words(true)).ends_with("?is_blocked=true&opted_out=false"));
    }
}
