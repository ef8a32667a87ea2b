//! The common part of both vendors' clients: the settings, and the pure functions that build requests and decode responses.

pub(crate) mod any;
pub(crate) mod base_url;
mod custom_headers;
mod punycode;
pub(crate) mod settings;
pub(crate) mod variables;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::Write;
use crate::codec::input::request::{Context, write};
use crate::codec::input::session::WithSession;
use crate::codec::input::surrogates::LoneSurrogateCheck;
use crate::codec::input::unchecked::AsItIs;
use crate::endpoint::{Endpoint, EndpointSpec, Idempotency, Surface, Vendor};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::exchange::api_response::ApiResponse;
use crate::exchange::decode::ResponseDecoder;
use crate::exchange::machine::{ExchangeMachine, TimeLimits};
use crate::exchange::options::CallOptions;
use crate::exchange::retry::RetryPolicy;
use crate::http::method::{METHOD_OVERRIDE, Method};
use crate::http::request::Request;
use crate::http::response::Response;
#[cfg(feature = "std")]
use crate::limiter::shared::SharedRateLimiter;
use crate::service::settings::Settings;
use crate::types::idempotency_key::IdempotencyKey;

/// A client of one vendor without I/O: credentials, base URL and settings. It holds no connection.
///
/// [`Zagely`](crate::Zagely) and [`Wazaj`](crate::Wazaj) are the two services. Every function here is pure: the same
/// call, options and entropy give the same bytes.
#[derive(Clone)]
pub struct Service<V> {
    pub(crate) vendor: V,
    base_url: String,
    pub(crate) settings: Settings,
    #[cfg(feature = "std")]
    limiter: Option<SharedRateLimiter>,
}

impl<V: Vendor> Debug for Service<V> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Service")
            .field("base_url", &self.base_url)
            .field("public_key", &self.vendor.public_key_end())
            .field("vendor", &self.vendor)
            .field("update_method", &self.settings.update_method)
            .field("retry", &self.settings.retry)
            .field("validate", &self.settings.validate)
            .finish_non_exhaustive()
    }
}

impl<V: Vendor> Service<V> {
    pub(crate) fn with_base_url(vendor: V, base_url: &str) -> Result<Self, Error> {
        Ok(Self::with_static_base_url(vendor, &base_url::normalize(base_url)?))
    }

    /// Creates a service with a base URL that is known to be valid.
    pub(crate) fn with_static_base_url(vendor: V, base_url: &str) -> Self {
        Self {
            vendor,
            base_url: base_url.to_string(),
            settings: Settings::default(),
            #[cfg(feature = "std")]
            limiter: None,
        }
    }

    /// Sets the base URL, which replaces the vendor's origin. The scheme is `https`, or `http` on loopback. The URL may
    /// have a path, for example of a gateway.
    ///
    /// The URL is stored in the form that every HTTP library reads alike: scheme and host in lower case, no slash at
    /// the end. Write names beyond ASCII in punycode.
    ///
    /// # Errors
    /// `invalid_request`, which names `base_url`, if some libraries refuse the URL or read it differently.
    pub fn base_url(mut self, base_url: &str) -> Result<Self, Error> {
        self.base_url = base_url::normalize(base_url)?;
        Ok(self)
    }

    /// Returns the base URL, and the end of the public key if the vendor has one. Hosts show both for a client.
    #[doc(hidden)]
    #[must_use]
    pub fn identity(&self) -> (&str, Option<String>) {
        (&self.base_url, self.vendor.public_key_end())
    }

    /// Sets the rate limiter for which the exchanges of this service wait. Default: no limiter. A [`Client`](crate::Client) sets
    /// one if there is none.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn rate_limiter(mut self, limiter: Option<SharedRateLimiter>) -> Self {
        self.limiter = limiter;
        self
    }

    /// Sets a new rate limiter, unless there is one.
    #[cfg(feature = "std")]
    pub(crate) fn with_usual_limiter(mut self) -> Self {
        self.limiter.get_or_insert_with(SharedRateLimiter::new);
        self
    }

    /// Returns the rate limiter, if there is one.
    #[cfg(feature = "std")]
    pub(crate) fn limiter(&self) -> Option<&SharedRateLimiter> {
        self.limiter.as_ref()
    }

    /// Returns the settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn validates(&self, options: &CallOptions) -> bool {
        options.validate.unwrap_or(self.settings.validate)
    }

    pub(crate) fn policy(&self, options: &CallOptions) -> RetryPolicy {
        options.retry.unwrap_or(self.settings.retry)
    }

    /// Returns the request of a call. It contains an idempotency key only if `options` has one.
    /// [`IdempotencyKey::from_entropy`] makes one. [`Service::exchange`] adds one itself if the call accepts one.
    ///
    /// # Errors
    /// `invalid_request` with all faults of the call.
    pub fn request<E: Endpoint<Vendor = V>>(
        &self,
        call: &E,
        options: &CallOptions,
    ) -> Result<Request, Error> {
        self.any_request(E::SPEC, call, options)
    }

    /// Encodes a checked call. `path` is that of the route, which is part of `spec` except for calls by route. `entropy`
    /// may be empty. It is one of the inputs to the boundary of a form.
    pub(crate) fn build(
        &self,
        spec: &'static EndpointSpec,
        path: &str,
        call: &dyn Write,
        options: &CallOptions,
        mut faults: FieldErrors,
        entropy: &[u8],
    ) -> Result<Request, Error> {
        let with_session = WithSession::of(call, spec.input.fields, &self.settings.session_id);
        if let Some(with_session) = &with_session {
            // Nothing else can be wrong with an absent field.
            faults.remove(with_session.field());
        }
        let call: &dyn Write = with_session.as_ref().map_or(call, |with_session| with_session);
        if let Some(fault) = self.settings.session_fault(spec.vendor) {
            faults.add("session_id", fault);
        }
        let as_it_is = AsItIs(call);
        let call: &dyn Write = if self.validates(options) { call } else { &as_it_is };
        let method = self.method_of(spec, options);
        let (prefix, path) = self.vendor.prefix(path, spec.surface);
        let mut url = String::with_capacity(self.base_url.len() + prefix.len() + path.len() + 96);
        url.push_str(&self.base_url);
        url.push_str(prefix);
        let mut headers = Vec::with_capacity(7);
        if !spec.route.anonymous {
            self.vendor.authorize(spec, &mut headers);
        }
        let key = options.idempotency_key.as_ref();
        let idempotency = spec.idempotency_with(method);
        if key.is_some() && spec.surface == Surface::Business {
            faults.add(
                "idempotency_key",
                "Wazaj takes no idempotency key, so a key would not protect the call: leave it out.",
            );
        }
        if self.policy(options).max_attempts == 0 {
            faults.add("max_attempts", "expected a number of attempts >= 1");
        }
        let mut seed: Vec<&[u8]> = headers.iter().map(|(_, value)| value.as_bytes()).collect();
        seed.extend([key.map_or("", IdempotencyKey::as_str).as_bytes(), entropy]);
        let (extra, textual_booleans) = (&options.extra, self.settings.textual_booleans);
        let (is_multipart, fields) = (spec.route.multipart, spec.input.fields);
        let context = Context { method, is_multipart, fields, path, extra, textual_booleans, seed: &seed };
        let body = write(&context, call, &mut url, &mut faults);
        call.write(&mut LoneSurrogateCheck(&mut faults));
        for (name, value) in options.extra.iter() {
            let (json, at) = (value.as_str(), format!("extra.{name}"));
            crate::codec::input::surrogates::report_lone_surrogates(
                json,
                &crate::text::json_repair::surrogates(json),
                &at,
                &mut faults,
            );
        }
        headers.push(("Accept".into(), "application/json".to_string()));
        let body = body.map(|(body, content_type)| {
            headers.push(("Content-Type".into(), content_type.into_owned()));
            body
        });
        if let Some(key) = key.filter(|_| idempotency == Idempotency::Key) {
            headers.push(("Idempotency-Key".into(), key.as_str().to_string()));
        }
        if !self.settings.user_agent.is_empty() {
            headers.push(("User-Agent".into(), self.settings.user_agent.clone()));
        }
        let mut sent = method;
        if self.settings.method_override && !matches!(method, Method::Get | Method::Post) {
            headers.push((METHOD_OVERRIDE.into(), method.as_str().to_string()));
            sent = Method::Post;
        }
        custom_headers::add(&options.headers, &mut headers, &mut faults);
        for (name, limit) in [("timeout", options.timeout), ("deadline", options.deadline)] {
            if limit.is_some_and(|limit| limit.is_zero()) {
                faults.add(name, "expected a duration > 0");
            }
        }
        if !faults.is_empty() {
            return Err(Error::from_faults(Some(spec), faults));
        }
        let timeout = options.deadline.into_iter().chain(options.timeout).min();
        Ok(Request { call: spec.name, method: sent, url, headers, body, timeout })
    }

    fn method_of(&self, spec: &EndpointSpec, options: &CallOptions) -> Method {
        let default = if spec.route.update { self.settings.update_method } else { spec.route.method };
        options.method.or_else(|| self.settings.method_of(spec.name)).unwrap_or(default)
    }

    /// Decodes a response. `key` is the idempotency key that was sent, if any. It is part of the metadata.
    ///
    /// # Errors
    /// The vendor's error, or `unexpected_response` for a success that cannot be decoded.
    pub fn decode<E: Endpoint<Vendor = V>>(
        &self,
        response: Response,
        key: Option<&IdempotencyKey>,
    ) -> Result<ApiResponse<E::Output>, Error> {
        ResponseDecoder::<E::Output>::of::<E>().decode(response, key)
    }

    /// Decodes the output from a response's body. Returns `None` if [`Service::decode`] would return an error.
    pub fn decode_body<E: Endpoint<Vendor = V>>(&self, status: u16, body: &[u8]) -> Option<E::Output> {
        ResponseDecoder::<E::Output>::of::<E>().output(status, body)
    }

    /// Starts a call, with its retries, waits and idempotency key. `entropy` is 16 random bytes, for the key and for
    /// spreading the waits.
    ///
    /// # Errors
    /// `invalid_request` with all faults of the call.
    pub fn exchange<E: Endpoint<Vendor = V>>(
        &self,
        call: E,
        entropy: [u8; 16],
    ) -> Result<Exchange<E>, Error> {
        self.exchange_with(call, CallOptions::default(), entropy)
    }

    /// Does the same as [`Service::exchange`], with options.
    ///
    /// # Errors
    /// `invalid_request` with all faults of the call.
    pub fn exchange_with<E: Endpoint<Vendor = V>>(
        &self,
        call: E,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> Result<Exchange<E>, Error> {
        let exchange = self.any_exchange(ResponseDecoder::of::<E>(), &call, options, entropy)?;
        Ok(Exchange::new(call, exchange))
    }

    /// Creates the state machine of a checked call. `path` is sent; `template` is the same path, with parameters in place
    /// of values. A call that accepts an idempotency key gets one. A call of Zagely
    /// that accepts none loses the key of its options. The method that is sent decides.
    pub(crate) fn machine(
        &self,
        spec: &'static EndpointSpec,
        (path, template): (&str, Cow<'static, str>),
        call: &dyn Write,
        mut options: CallOptions,
        faults: FieldErrors,
        entropy: [u8; 16],
    ) -> Result<ExchangeMachine, Error> {
        let idempotency = spec.idempotency_with(self.method_of(spec, &options));
        let given = options.idempotency_key.take();
        options.idempotency_key = match idempotency {
            Idempotency::Key => Some(given.unwrap_or_else(|| IdempotencyKey::from_entropy(entropy))),
            // The request is refused.
            Idempotency::None if spec.surface == Surface::Business => given,
            Idempotency::ReadOnly | Idempotency::None => None,
        };
        let request = self.build(spec, path, call, &options, faults, &entropy)?;
        let key = options.idempotency_key.take();
        let safety = V::INFO.retry_safety(idempotency, key.is_some());
        let limits = TimeLimits { attempt: options.timeout, call: options.deadline };
        let policy = self.policy(&options);
        let machine = ExchangeMachine::new(spec, template, request, key, policy, limits, safety, entropy);
        #[cfg(feature = "std")]
        let machine = machine.in_lane(options.lane, self.limiter.as_ref());
        Ok(machine)
    }
}

/// Declares the function that sets one setting.
macro_rules! setter {
    (update_method: update_method [$($doc:tt)*]) => {
        /// Sets [`Settings::update_method`].
        ///
        $( #[doc = $doc] )*
        ///
        /// # Errors
        /// `invalid_request`, which names `update_method`, if the method is neither PUT nor PATCH.
        pub fn update_method(mut self, method: Method) -> Result<Self, Error> {
            self.settings.update_method = method;
            self.settings = self.settings.checked(V::INFO)?;
            Ok(self)
        }
    };
    // `Service::method` sets one of them.
    ($name:ident: methods [$($doc:tt)*]) => {};
    ($name:ident: text [$($doc:tt)*]) => {
        #[doc = concat!("Sets [`Settings::", stringify!($name), "`]. `None` is the same as an empty text.")]
        ///
        $( #[doc = $doc] )*
        #[must_use]
        pub fn $name(mut self, $name: Option<&str>) -> Self {
            self.settings.$name = $name.unwrap_or_default().into();
            self.settings.clean();
            self
        }
    };
    ($name:ident: retry [$($doc:tt)*]) => {
        #[doc = concat!("Sets [`Settings::", stringify!($name), "`]. Default: [`RetryPolicy::default`].")]
        #[must_use]
        pub fn $name(mut self, policy: RetryPolicy) -> Self {
            self.settings.$name = policy;
            self
        }
    };
    ($name:ident: flag [$($doc:tt)*]) => {
        #[doc = concat!("Sets [`Settings::", stringify!($name), "`].")]
        ///
        $( #[doc = $doc] )*
        #[must_use]
        pub fn $name(mut self, $name: bool) -> Self {
            self.settings.$name = $name;
            self
        }
    };
}

macro_rules! setters {
    ($( $(#[doc = $doc:tt])* $name:ident: $kind:ident $(= $default:tt)?, )*) => {
        /// The functions that set one setting each.
        impl<V: Vendor> Service<V> {
            $( setter! { $name: $kind [$($doc)*] } )*
        }
    };
}
crate::for_each_setting!(setters);

#[cfg(test)]
mod tests {
    use crate::zagely::{DeleteContact, KeyPair, ListContacts, Zagely};
    use crate::{CallOptions, Method};

    #[test]
    fn a_network_that_drops_methods_is_tunnelled_through() {
        let zagely = Zagely::new(KeyPair::new("pk_x", "sk_x").unwrap()).method_override(true);
        let request = zagely.request(&DeleteContact::new("c-1"), &CallOptions::new()).unwrap();
        assert_eq!(
            (request.method, request.header("x-http-method-override")),
            (Method::Post, Some("DELETE"))
        );
        let request = zagely.request(&ListContacts::new(), &CallOptions::new()).unwrap();
        assert_eq!((request.method, request.header("x-http-method-override")), (Method::Get, None));
    }

    #[test]
    fn an_update_is_put_or_patch() {
        let zagely = || Zagely::new(KeyPair::new("pk_x", "sk_x").unwrap());
        for method in Method::UPDATES {
            assert!(zagely().update_method(*method).is_ok());
        }
        for method in [Method::Get, Method::Post, Method::Delete] {
            let error = zagely().update_method(method).unwrap_err();
            assert_eq!(
                error.field_errors().get("update_method").unwrap(),
                ["The update method must be PUT or PATCH."]
            );
        }
    }

    #[test]
    fn booleans_are_digits_unless_words_are_asked_for() {
        let zagely = Zagely::new(KeyPair::new("pk_x", "sk_x").unwrap());
        let call = ListContacts::new().is_blocked(true).opted_out(false);
        let url = |zagely: &Zagely| zagely.request(&call, &CallOptions::new()).unwrap().url;
        assert!(url(&zagely).ends_with("?is_blocked=1&opted_out=0"));
        assert!(url(&zagely.textual_booleans(true)).ends_with("?is_blocked=true&opted_out=false"));
    }
}
