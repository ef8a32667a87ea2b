//! The vendors' clients without I/O, for Kotlin and Swift: one service for each vendor, and its pages.

use std::collections::HashMap;
use std::sync::Arc;

use hudhud::endpoint::Vendor;
use hudhud::host_support::{
    CallInput, LONE_SURROGATE, find_call, is_token, no_call, refuse_unknown, route_spec,
};
use hudhud::{
    ApiKeyScheme, ApiResponse, CallOptions as Options, DynamicCall, Error, IdempotencyKey, Json, Method,
    Object, Phone, Service,
};

use crate::calls::{Decoders, Output, RunningCall, SharedPages, WazajCall, ZagelyCall, lock};
use crate::error::{FieldErrors, HudhudError};
use crate::exchange::ExchangeHandle;
use crate::names;
use crate::options::{AppRoutes, CallOptions, Settings};
use crate::records::{Meta, Request, Response};
use crate::tape;

/// A success: the decoded output and its metadata.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Decoded {
    /// The output.
    pub output: Output,
    /// The status, the rate limits and the mark of an idempotent replay.
    pub meta: Meta,
}

impl From<ApiResponse<Output>> for Decoded {
    fn from(reply: ApiResponse<Output>) -> Self {
        Self { meta: Meta::from(&reply.meta), output: reply.output }
    }
}

/// A call to a route that the catalog lacks.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct RouteCall {
    /// The method.
    pub method: Method,
    /// The path after the base URL, with parameters in braces.
    pub path: String,
    /// The parameters of the path, and the members of the query or of the body.
    pub fields: Object,
}

/// Shows the method alone: the path and the fields may be private.
impl std::fmt::Debug for RouteCall {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "RouteCall({:?})", self.method)
    }
}

impl RouteCall {
    fn read<V: Vendor>(&self, service: &Service<V>) -> Result<DynamicCall<V>, Error> {
        // An object can always be written as JSON.
        let fields = Json::write(&self.fields).unwrap_or_default();
        service.call_by_route(self.method, &self.path, fields.as_str())
    }

    #[expect(clippy::needless_pass_by_value, reason = "it is an argument of `map_err`")]
    fn error(error: Error) -> HudhudError {
        HudhudError::naming(&error, names::in_route)
    }
}

/// The facts that identify a client in logs.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Identity {
    /// The base URL.
    pub base_url: String,
    /// The prefix and the end of the public key, `pk_…xgZF`, if the vendor has one.
    pub public_key: Option<String>,
}

/// Converts the host's 16 random bytes.
pub(crate) fn entropy(bytes: Vec<u8>) -> Result<[u8; 16], Error> {
    bytes.try_into().map_err(|_| Error::invalid("entropy", "Entropy must be 16 bytes."))
}

/// Declares the types and functions of a vendor. Both vendors' are equal except for their types, and UniFFI has no
/// generic types.
macro_rules! service {
    (
        $service:ident: $vendor:ident, $call:ident, $named:ident, $pages:ident
    ) => {
        /// A call that was read from JSON.
        #[derive(Clone, Debug, PartialEq, uniffi::Record)]
        pub struct $named {
            /// The call.
            pub call: $call,
            /// The members of `extra`, which are sent unchanged: see `CallOptions`.
            pub extra: Object,
        }

        /// The pages of a list, in order.
        #[derive(uniffi::Object)]
        pub struct $pages {
            service: Service<hudhud::$vendor::Credentials>,
            options: Options,
            pages: SharedPages,
        }

        impl std::fmt::Debug for $pages {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(stringify!($pages))
            }
        }

        #[uniffi::export]
        impl $pages {
            /// Starts the call for the next page. Returns no exchange at the end of the list.
            pub fn next(&self, entropy: Vec<u8>) -> Result<Option<Arc<ExchangeHandle>>, HudhudError> {
                let entropy = crate::services::entropy(entropy)?;
                let mut pages = lock(&self.pages);
                let has_begun = self.service.next_page(&mut pages, self.options.clone(), entropy)?;
                let number = pages.begun();
                Ok(has_begun.then(|| ExchangeHandle::new(RunningCall::Page(Arc::clone(&self.pages), number))))
            }
        }

        #[uniffi::export]
        impl $service {
            /// Returns the request of a call. It contains an idempotency key only if the options have one.
            pub fn request(&self, call: $call, options: CallOptions) -> Result<Request, HudhudError> {
                let (decoders, call) = call.any();
                let options = options.of(decoders.spec())?;
                Ok(self.0.any_request(decoders.spec(), call, &options)?.into())
            }

            /// Starts a call. `entropy` is 16 random bytes, for the idempotency key and for spreading the waits.
            pub fn exchange(
                &self,
                call: $call,
                options: CallOptions,
                entropy: Vec<u8>,
            ) -> Result<Arc<ExchangeHandle>, HudhudError> {
                let entropy = crate::services::entropy(entropy)?;
                let (decoders, call) = call.any();
                let options = options.of(decoders.spec())?;
                let exchange = self.0.any_exchange(decoders.tape, call, options, entropy)?;
                Ok(ExchangeHandle::new(RunningCall::Call(Box::new(exchange))))
            }

            /// Returns the pages of a list.
            pub fn pages(&self, call: $call, options: CallOptions) -> Result<Arc<$pages>, HudhudError> {
                let unlisted = || {
                    Error::invalid(
                        "call",
                        "This call is not a list, so it has no pages: make it with withResponse.",
                    )
                };
                let options = options.of(call.any().0.spec())?;
                let pages = call.pages().ok_or_else(unlisted)?;
                let service = self.0.clone();
                Ok(Arc::new($pages { service, options, pages }))
            }

            /// Returns the request of a call by route. It contains an idempotency key only if the options have one.
            pub fn request_by_route(
                &self,
                call: RouteCall,
                options: CallOptions,
            ) -> Result<Request, HudhudError> {
                let options = options.of(route_spec())?;
                let request = call.read(&self.0).and_then(|call| call.request(&self.0, &options));
                Ok(request.map_err(RouteCall::error)?.into())
            }

            /// Starts a call by route. See `exchange`.
            pub fn exchange_by_route(
                &self,
                call: RouteCall,
                options: CallOptions,
                entropy: Vec<u8>,
            ) -> Result<Arc<ExchangeHandle>, HudhudError> {
                let entropy = crate::services::entropy(entropy)?;
                let options = options.of(route_spec())?;
                let exchange = call
                    .read(&self.0)
                    .and_then(|call| call.exchange_reading(&self.0, options, entropy, tape::read_any));
                let exchange = exchange.map_err(RouteCall::error)?;
                Ok(ExchangeHandle::new(RunningCall::Call(Box::new(exchange))))
            }

            /// Returns the facts that identify a client of this service in logs.
            pub fn identity(&self) -> Identity {
                let (base_url, public_key) = self.0.identity();
                Identity { base_url: base_url.to_owned(), public_key }
            }

            /// Reads a call by its name from JSON, under the vendor's names. The members of `extra` are returned
            /// separately, and are sent unchanged.
            pub fn call_by_name(&self, name: String, input: String) -> Result<$named, HudhudError> {
                // The names in these errors are those in the JSON.
                let refused = |error| HudhudError::naming(&error, str::to_owned);
                let CallInput { mut fields, extra, mut faults } = CallInput::read(&input).map_err(refused)?;
                let call = $call::read(&name, &mut fields, &mut faults);
                let known = find_call(stringify!($vendor), &name).map_or(&[][..], |spec| spec.input.fields);
                refuse_unknown(&fields, "", known, &mut faults);
                let call = call.ok_or_else(|| no_call(stringify!($vendor), &name))?;
                if faults.is_empty() {
                    return Ok($named { call, extra });
                }
                let (decoders, any) = call.any();
                any.check(&mut faults);
                Err(refused(Error::from_faults(Some(decoders.spec()), faults)))
            }
        }
    };
}

/// Zagely's client without I/O: it builds requests, decodes responses and decides about retries.
#[derive(Debug, uniffi::Object)]
pub struct ZagelyService(pub(crate) Service<hudhud::zagely::Credentials>);

#[uniffi::export]
impl ZagelyService {
    /// Creates a service for a key pair. The default of `base_url` is `https://zagely.com`.
    ///
    /// **Not in apps:** the vendor forbids its keys where users can reach them.
    #[uniffi::constructor]
    pub fn new(
        public_key: String,
        secret_key: String,
        base_url: Option<String>,
        app_routes: Option<AppRoutes>,
        settings: Settings,
    ) -> Result<Self, HudhudError> {
        let mut zagely = hudhud::Zagely::new(hudhud::KeyPair::new(public_key, secret_key)?);
        if let Some(base_url) = base_url {
            zagely = zagely.base_url(&base_url)?;
        }
        Self::with(zagely, app_routes, settings)
    }

    /// Creates a service from variables, such as those of the environment. The values of the other arguments replace
    /// those of variables.
    #[uniffi::constructor]
    pub fn from_variables(
        variables: HashMap<String, String>,
        app_routes: Option<AppRoutes>,
        mut settings: Settings,
    ) -> Result<Self, HudhudError> {
        let zagely = hudhud::Zagely::from_variables(|name| variables.get(name).cloned())?;
        settings.session_id.get_or_insert_with(|| zagely.settings().session_id.clone());
        Self::with(zagely, app_routes, settings)
    }
}

impl ZagelyService {
    fn with(
        mut zagely: hudhud::Zagely,
        app_routes: Option<AppRoutes>,
        settings: Settings,
    ) -> Result<Self, HudhudError> {
        if let Some(AppRoutes { token, auth, prefix }) = app_routes {
            if let Some(token) = token {
                zagely = zagely.app_token(token)?;
            }
            if let Some(auth) = auth {
                zagely = zagely.app_auth(auth);
            }
            if let Some(prefix) = prefix {
                zagely = zagely.app_prefix(&prefix)?;
            }
        }
        Ok(Self(zagely.configure(settings.into())?))
    }
}

/// Wazaj's client without I/O: it builds requests, decodes responses and decides about retries.
#[derive(Debug, uniffi::Object)]
pub struct WazajService(pub(crate) Service<hudhud::wazaj::Credentials>);

#[uniffi::export]
impl WazajService {
    /// Creates a service for the key of one deployment.
    ///
    /// **Not in apps:** the vendor forbids its key and its base URL where users can reach them.
    #[uniffi::constructor]
    pub fn new(
        api_key: String,
        base_url: String,
        api_key_scheme: Option<ApiKeyScheme>,
        settings: Settings,
    ) -> Result<Self, HudhudError> {
        let wazaj = hudhud::Wazaj::new(hudhud::ApiKey::new(api_key)?, &base_url)?;
        Self::with(wazaj, api_key_scheme, settings)
    }

    /// Creates a service from variables, such as those of the environment.
    #[uniffi::constructor]
    pub fn from_variables(
        variables: HashMap<String, String>,
        api_key_scheme: Option<ApiKeyScheme>,
        settings: Settings,
    ) -> Result<Self, HudhudError> {
        let wazaj = hudhud::Wazaj::from_variables(|name| variables.get(name).cloned())?;
        Self::with(wazaj, api_key_scheme, settings)
    }
}

impl WazajService {
    fn with(
        wazaj: hudhud::Wazaj,
        api_key_scheme: Option<ApiKeyScheme>,
        settings: Settings,
    ) -> Result<Self, HudhudError> {
        let wazaj = wazaj.api_key_scheme(api_key_scheme.unwrap_or_default());
        Ok(Self(wazaj.configure(settings.into())?))
    }
}

service!(ZagelyService: zagely, ZagelyCall, NamedZagelyCall, ZagelyPages);
service!(WazajService: wazaj, WazajCall, NamedWazajCall, WazajPages);

/// Decodes the response to a call of this name, such as `contacts.list`, of the vendor `zagely` or `wazaj`.
#[uniffi::export]
pub fn decode_response(
    vendor: String,
    call: String,
    response: Response,
    idempotency_key: Option<String>,
) -> Result<Decoded, HudhudError> {
    let key = idempotency_key.map(IdempotencyKey::new).transpose()?;
    Ok(decoders(&vendor, &call)?.output.decode(response.into(), key.as_ref())?.into())
}

fn decoders(vendor: &str, call: &str) -> Result<Decoders, Error> {
    let decoders = match vendor {
        "wazaj" => WazajCall::decoders(call),
        _ => ZagelyCall::decoders(call),
    };
    decoders.ok_or_else(|| no_call(vendor, call))
}

/// Does the same as [`decode_response`] for hosts that read the result without UniFFI: the result is the cells of a tape.
///
/// # Errors
/// Returns the errors of [`decode_response`].
pub fn decode_to_tape(
    vendor: &str,
    call: &str,
    response: hudhud::Response,
    idempotency_key: Option<String>,
) -> Result<Vec<u32>, HudhudError> {
    let key = idempotency_key.map(IdempotencyKey::new).transpose()?;
    Ok(tape::reply(decoders(vendor, call)?.tape.decode(response, key.as_ref())?))
}

/// Refuses a call because the fields of these names hold a lone surrogate. The names stay as they are.
#[uniffi::export]
pub fn refuse_lone_surrogates(fields: Vec<String>) -> Result<(), HudhudError> {
    refuse(fields, LONE_SURROGATE)
}

/// Refuses a value because the durations of these names are negative, which cannot cross to core. The names stay as they are.
#[uniffi::export]
pub fn refuse_negatives(durations: Vec<String>) -> Result<(), HudhudError> {
    refuse(durations, "expected a duration >= 0")
}

/// Refuses the call of this name because of these errors of its arguments, and because the fields of the names in `numbers`
/// hold a number that JSON lacks. The names stay as they are.
#[uniffi::export]
pub fn refuse_call(call: String, errors: Vec<FieldErrors>, numbers: Vec<String>) -> Result<(), HudhudError> {
    let spec = find_call("zagely", &call).or_else(|| find_call("wazaj", &call)).unwrap_or(route_spec());
    let mut faults = hudhud::FieldErrors::default();
    for error in errors {
        error.messages.into_iter().for_each(|message| faults.add(error.field.clone(), message));
    }
    for field in numbers {
        faults.add(field, "expected a finite number, because JSON has no NaN and no infinity");
    }
    Err(HudhudError::naming(&Error::from_faults(Some(spec), faults), str::to_owned))
}

/// Returns an error that has this message for each of the fields, if there are any.
fn refuse(fields: Vec<String>, message: &'static str) -> Result<(), HudhudError> {
    let mut faults = hudhud::FieldErrors::default();
    fields.into_iter().for_each(|field| faults.add(field, message));
    if faults.is_empty() {
        return Ok(());
    }
    Err(HudhudError::naming(&Error::from_faults(None, faults), str::to_owned))
}

/// Writes an output as JSON, under the vendor's names.
#[uniffi::export]
pub fn output_as_json(output: Output) -> String {
    output.json().as_str().to_owned()
}

/// Converts a phone number, as people write it, to the form that the vendors accept: `+` and digits. A country is never
/// guessed.
#[uniffi::export]
pub fn normalize_phone(text: String) -> Result<String, HudhudError> {
    match Phone::parse(&text) {
        Ok(phone) => Ok(phone.into()),
        Err(fault) => Err(Error::invalid("phone", fault.to_string()).into()),
    }
}

/// Returns `true` if a log may show a text that should be an id. Ids, names that the vendor uses, and dates may be shown. Phone
/// numbers and keys may not.
#[uniffi::export]
#[must_use]
pub fn is_safe_to_log(text: String) -> bool {
    is_token(&text)
}
