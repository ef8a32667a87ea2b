//! Calls by name, with JSON as input and output: for hosts that generate their own types, for tools, and for tests.
//!
//! ```
//! use hudhud::{CallOptions, KeyPair, Zagely};
//! let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test")?);
//! let call = zagely.call_by_name("contacts.get", r#"{"contact_id": "c-1"}"#)?;
//! assert_eq!(call.request(&zagely, &CallOptions::new())?.url, "https://zagely.com/api/v1/contacts/c-1");
//! # Ok::<(), hudhud::Error>(())
//! ```

mod raw;

pub use raw::route_spec;

use alloc::format;
use alloc::string::String;
use core::fmt::{self, Debug, Formatter};
use core::marker::PhantomData;

use crate::codec::error::DecodeError;
use crate::codec::field_errors::FieldErrors;
use crate::codec::input::from_json::{Read, letters, refuse_unknown};
use crate::codec::input::record::Record;
use crate::codec::output::by_schema::as_json;
use crate::endpoint::{EndpointSpec, Vendor};
use crate::error::Error;
use crate::exchange::any::AnyExchange;
use crate::exchange::api_response::ApiResponse;
use crate::exchange::decode::{ReadBody, ResponseDecoder};
use crate::exchange::options::CallOptions;
use crate::http::method::Method;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::redact::redact_name;
use crate::schema::Type;
use crate::service::Service;
use crate::service::settings::Settings;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::json::{Json, Object};

/// The settings are here, and not in `service`, because one of them names calls.
impl<V: Vendor> Service<V> {
    /// Replaces all settings.
    ///
    /// # Errors
    /// `invalid_request` for the setting that is invalid.
    pub fn configure(mut self, settings: Settings) -> Result<Self, Error> {
        let unknown = settings.methods.iter().find(|(call, _)| find_call(V::INFO.name, call).is_none());
        if let Some((call, _)) = unknown {
            return Err(Error::invalid("methods", unknown_call(V::INFO.name, call)));
        }
        self.settings = settings.checked(V::INFO)?;
        Ok(self)
    }

    /// Replaces the catalog's method of one call. Use it if an inferred method is wrong.
    ///
    /// # Errors
    /// `invalid_request` for `call` if there is no such call.
    pub fn method(mut self, call: &str, method: Method) -> Result<Self, Error> {
        let spec = known_call(V::INFO.name, call)?;
        self.settings.methods.retain(|(name, _)| name != spec.name);
        self.settings.methods.push((spec.name.into(), method));
        Ok(self)
    }
}

/// A call that was read from JSON. It keeps the faults that were found in the JSON. [`DynamicCall::request`] and
/// [`DynamicCall::exchange`] report them, together with all other faults of the call.
pub struct DynamicCall<V> {
    spec: &'static EndpointSpec,
    /// The path that is sent, and its template, for a call that is not in the catalog.
    route: Option<(String, String)>,
    call: Record,
    extra: Object,
    faults: FieldErrors,
    vendor: PhantomData<V>,
}

impl<V> Debug for DynamicCall<V> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("DynamicCall").field(&self.spec.name).finish()
    }
}

impl<V: Vendor> Service<V> {
    /// Reads a call by its name, with its input as JSON under the vendor's names. The members of `"extra": {…}` are
    /// sent unchanged.
    ///
    /// # Errors
    /// `invalid_request` for `call` if the vendor has no such call, or for `input` if the text is not a JSON object.
    /// [`DynamicCall::request`] reports the faults of fields, all at once.
    pub fn call_by_name(&self, name: &str, input: &str) -> Result<DynamicCall<V>, Error> {
        let CallInput { mut fields, extra, mut faults } = CallInput::read(input)?;
        let spec = known_call(V::INFO.name, name)?;
        let call = Record::read(spec.input.fields, &mut fields, "", &mut faults);
        refuse_unknown(&fields, "", spec.input.fields, &mut faults);
        Ok(DynamicCall { spec, route: None, call, extra, faults, vendor: PhantomData })
    }

    /// Decodes a recorded response by the name of its call, without the input. `key` is the idempotency key that was
    /// sent, if any.
    ///
    /// ```
    /// use hudhud::{KeyPair, Response, Zagely};
    /// let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test")?);
    /// let response = Response::new(200, [("Content-Type", "application/json")], r#"{"id": "c-1"}"#);
    /// let response = zagely.decode_by_name("contacts.get", response, None)?;
    /// assert!(response.output.as_str().starts_with(r#"{"id":"c-1""#));
    /// # Ok::<(), hudhud::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_request` for `call` if the vendor has no such call. Otherwise the errors of [`Service::decode`].
    pub fn decode_by_name(
        &self,
        name: &str,
        response: Response,
        key: Option<&IdempotencyKey>,
    ) -> Result<ApiResponse<Json>, Error> {
        decoder::<V>(known_call(V::INFO.name, name)?).decode(response, key)
    }
}

/// Returns the decoder of a call that decodes by the schema of its output.
fn decoder<V: Vendor>(spec: &'static EndpointSpec) -> ResponseDecoder<Json> {
    ResponseDecoder::by_spec(spec, V::is_error_body, read_as_json)
}

/// Decodes a body to JSON under the vendor's names, by the schema of the call's output.
pub fn read_as_json(spec: &'static EndpointSpec, status: u16, body: &[u8]) -> Result<Json, DecodeError> {
    as_json(&spec.output, spec.custom_decoding, status, body)
}

/// The input of a call by name, as far as it is read without the call's schema.
#[derive(Debug)]
pub struct CallInput {
    /// The members of the input, except `extra`.
    pub fields: Object,
    /// The members that are sent unchanged.
    pub extra: Object,
    /// The faults so far.
    pub faults: FieldErrors,
}

impl CallInput {
    /// Reads the input.
    ///
    /// # Errors
    /// `invalid_request` for `input` if the text is not a JSON object.
    pub fn read(input: &str) -> Result<Self, Error> {
        let mut faults = FieldErrors::default();
        let text = crate::text::json_repair::surrogates(input);
        let mut fields: Object =
            text.parse().map_err(|_| Error::invalid("input", "The input must be a JSON object."))?;
        crate::codec::input::surrogates::report_lone_surrogates(input, &text, "", &mut faults);
        let extra = fields.remove("extra").and_then(|extra| Object::read(extra, "", "extra", &mut faults));
        Ok(Self { fields, extra: extra.unwrap_or_default(), faults })
    }
}

/// Returns the error for a name that no call of the vendor has.
#[must_use]
pub fn no_call(vendor: &str, name: &str) -> Error {
    Error::invalid("call", unknown_call(vendor, name))
}

impl<V: Vendor> DynamicCall<V> {
    /// Returns the call's row of the catalog.
    #[must_use]
    pub fn spec(&self) -> &'static EndpointSpec {
        self.spec
    }

    /// Returns the number of the page that the call requests, if the call returns pages.
    #[must_use]
    pub fn page(&self) -> Option<u64> {
        matches!(self.spec.output, Type::Page(_)).then(|| self.call.page())
    }

    /// Returns the same call for another page, if the call returns pages.
    #[must_use]
    pub fn with_page(mut self, page: u64) -> Self {
        if matches!(self.spec.output, Type::Page(_)) {
            self.call.set_page(page);
        }
        self
    }

    /// Adds faults that were found elsewhere, such as the faults of an option. They are reported together with the
    /// call's faults.
    pub fn add_faults(&mut self, error: &Error) {
        self.faults.extend(error.field_errors());
    }

    /// Does the same as [`Service::request`].
    ///
    /// # Errors
    /// `invalid_request` with all faults of the call.
    pub fn request(&self, service: &Service<V>, options: &CallOptions) -> Result<Request, Error> {
        let (options, faults) = self.prepare(service, options.clone());
        service.build(self.spec, self.path(), &self.call, &options, faults, &[])
    }

    fn path(&self) -> &str {
        self.route.as_ref().map_or(self.spec.route.path, |(path, _)| path)
    }

    /// Adds the call's own `extra` to the options, and collects the faults.
    fn prepare(&self, service: &Service<V>, mut options: CallOptions) -> (CallOptions, FieldErrors) {
        options.extra.extend(self.extra.iter().map(|(name, value)| (name, value.clone())));
        let mut faults = self.faults.clone();
        if service.validates(&options) {
            self.call.check("", &mut faults);
        }
        (options, faults)
    }

    /// Does the same as [`Service::decode`], with the output as JSON under the vendor's names.
    ///
    /// # Errors
    /// The vendor's error, or `unexpected_response` for a success that cannot be decoded.
    pub fn decode(
        &self,
        response: Response,
        key: Option<&IdempotencyKey>,
    ) -> Result<ApiResponse<Json>, Error> {
        decoder::<V>(self.spec).decode(response, key)
    }

    /// Does the same as [`Service::exchange_with`].
    ///
    /// # Errors
    /// `invalid_request` with all faults of the call.
    pub fn exchange(
        self,
        service: &Service<V>,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> Result<AnyExchange<Json>, Error> {
        self.exchange_reading(service, options, entropy, read_as_json)
    }

    /// Does the same as [`DynamicCall::exchange`], with another function for bodies.
    #[doc(hidden)]
    pub fn exchange_reading<T>(
        self,
        service: &Service<V>,
        options: CallOptions,
        entropy: [u8; 16],
        read: ReadBody<T>,
    ) -> Result<AnyExchange<T>, Error> {
        let (options, faults) = self.prepare(service, options);
        let template = match &self.route {
            Some((_, template)) => template.clone().into(),
            None => self.spec.route.path.into(),
        };
        let path = (self.path(), template);
        let machine = service.machine(self.spec, path, &self.call, options, faults, entropy)?;
        Ok(AnyExchange::new(machine, ResponseDecoder::by_spec(self.spec, V::is_error_body, read)))
    }
}

/// Finds the vendor's call of this name.
#[must_use]
pub fn find_call(vendor: &str, name: &str) -> Option<&'static EndpointSpec> {
    crate::catalog::ENDPOINTS.iter().copied().find(|spec| spec.name == name && spec.vendor.name == vendor)
}

fn known_call(vendor: &str, name: &str) -> Result<&'static EndpointSpec, Error> {
    find_call(vendor, name).ok_or_else(|| no_call(vendor, name))
}

/// Returns the message for an unknown name of a call. It suggests the call whose name differs only in case, separators,
/// plurals and one letter.
fn unknown_call(vendor: &str, name: &str) -> String {
    let singular = |text: &str| letters(text).replace('s', "");
    let wanted = singular(name);
    let mut calls = crate::catalog::ENDPOINTS.iter().filter(|spec| spec.vendor.name == vendor);
    let same = calls.clone().find(|spec| singular(spec.name) == wanted);
    let shown = redact_name(name);
    match same.or_else(|| calls.find(|spec| is_near(singular(spec.name).as_bytes(), wanted.as_bytes()))) {
        Some(spec) => format!("The call {shown} is unknown: did you mean {}?", spec.name),
        None => format!("The call {shown} is unknown; the catalog lists all names."),
    }
}

/// Returns `true` if two texts differ at most by one letter, or by two neighbours that changed places.
fn is_near(one: &[u8], other: &[u8]) -> bool {
    let begin = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[begin..], &other[begin..]);
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    match (&one[..one.len() - end], &other[..other.len() - end]) {
        ([a, b], [c, d]) => a == d && b == c,
        (one, other) => one.len().max(other.len()) < 2,
    }
}

#[cfg(test)]
mod tests {
    use crate::{CallOptions, KeyPair, Response, Step, UnixTime, Zagely};

    #[test]
    fn lists_go_from_page_to_page_and_other_calls_do_not() {
        let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap());
        let url = |name: &str, input: &str, page: u64| {
            let call = zagely.call_by_name(name, input).unwrap();
            let requested = call.page();
            (requested, call.with_page(page).request(&zagely, &CallOptions::new()).unwrap().url)
        };
        let (requested, second) = url("contacts.list", "{}", 2);
        assert_eq!((requested, second.as_str()), (Some(1), "https://zagely.com/api/v1/contacts?page=2"));
        let (requested, same) = url("contacts.get", r#"{"contact_id":"c-1"}"#, 2);
        assert_eq!((requested, same.as_str()), (None, "https://zagely.com/api/v1/contacts/c-1"));
    }

    #[test]
    fn half_a_pair_of_surrogates_is_reported_under_its_field() {
        let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap()).validate(false);
        let fields_at_fault = |name: &str, input: &str| -> alloc::vec::Vec<alloc::string::String> {
            let error =
                zagely.call_by_name(name, input).unwrap().request(&zagely, &CallOptions::new()).unwrap_err();
            assert!(
                error
                    .field_errors()
                    .iter()
                    .all(|(_, messages)| messages == [crate::codec::input::surrogates::LONE_SURROGATE]),
                "{error}"
            );
            error.field_errors().iter().map(|(name, _)| name.into()).collect()
        };
        let input = r#"{"to":"+15551234567","message":"hi \ud83d"}"#;
        assert_eq!(fields_at_fault("messages.send", input), ["message"]);
        let input = r#"{"phone_number":"+1","tags":["a","\ude00"],"custom_fields":{"a":["\ud83d"]},"extra":{"b":"\ud83d"}}"#;
        assert_eq!(fields_at_fault("contacts.create", input), ["tags.1", "custom_fields.a.0", "extra.b"]);
        let whole = r#"{"to":"+15551234567","message":"hi \ud83d\ude00"}"#;
        assert!(
            zagely
                .call_by_name("messages.send", whole)
                .unwrap()
                .request(&zagely, &CallOptions::new())
                .is_ok()
        );
    }

    #[test]
    fn an_answer_can_be_read_by_the_host_or_here() {
        let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap());
        let call = zagely.call_by_name("contacts.get", r#"{"contact_id":"c-1"}"#).unwrap();
        let now = UnixTime::from_secs(1_776_767_400);
        let mut exchange = call.exchange(&zagely, CallOptions::new(), [7; 16]).unwrap();
        assert!(matches!(exchange.step_undecoded(now), Step::Send(_)));
        exchange.receive(Response::new(200, [("A", "b")], r#"{"id":7}"#), now).unwrap();
        let Step::Done(Ok(response)) = exchange.step_undecoded(now) else { panic!("it is over") };
        assert_eq!(response.body, br#"{"id":7}"#);
        let reply = exchange.decode(response, now).unwrap();
        assert!(reply.output.as_str().starts_with(r#"{"id":"7","#), "{}", reply.output.as_str());
    }
}
