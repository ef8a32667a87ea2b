//! Core's `Zagely` or `Wazaj` service with its keys and settings, configured from keywords.

use std::time::Duration;

use hudhud::endpoint::EndpointSpec;
use hudhud::host_support::{find_call, redact_name};
use hudhud::outbox::{Outbox, OutboxError};
use hudhud::{
    AnyCall, AnyExchange, AnyPages, ApiKey, CallOptions, ClosedEnum, Error, IdempotencyKey, KeyPair, Lane,
    Method, ResponseDecoder, RetryPolicy, SETTINGS, Settings, UnixTime, Wazaj, Zagely,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyListMethods, PyMapping, PyMappingMethods, PyTuple};

use crate::argument::{self, named};
use crate::declared::{Native, PyOutput, Reduced, by_keywords, read, read_any, refuse_bool};
use crate::error::api_error;
use crate::exception::{refuse_unknown, wrong_type, wrong_value};
use crate::request::Request;

/// The service of a vendor, with one set of keys.
#[pyclass(frozen, module = "hudhud._hudhud")]
#[derive(Debug)]
pub(crate) struct Service(Which);

#[derive(Debug)]
enum Which {
    Zagely(Zagely),
    Wazaj(Wazaj),
}

/// Runs the same code for the service of either vendor.
macro_rules! either {
    ($self:ident, $service:ident => $then:expr) => {
        match &$self.0 {
            Which::Zagely($service) => $then,
            Which::Wazaj($service) => $then,
        }
    };
}

impl Service {
    /// Checks that a call belongs to the vendor.
    pub(crate) fn has(&self, spec: &EndpointSpec) -> PyResult<()> {
        if self.vendor() == spec.vendor.name {
            return Ok(());
        }
        Err(wrong_type(format!(
            "service: expected the service of {}, which this call belongs to",
            spec.vendor.name
        )))
    }

    fn vendor(&self) -> &'static str {
        match self.0 {
            Which::Zagely(_) => "zagely",
            Which::Wazaj(_) => "wazaj",
        }
    }

    /// Builds the request of a call.
    pub(crate) fn request(
        &self,
        spec: &'static EndpointSpec,
        call: &dyn AnyCall,
        options: &CallOptions,
    ) -> PyResult<Result<hudhud::Request, Error>> {
        self.has(spec)?;
        Ok(either!(self, service => service.any_request(spec, call, options)))
    }

    /// Starts a call.
    pub(crate) fn exchange(
        &self,
        decoder: ResponseDecoder<PyOutput>,
        call: &dyn AnyCall,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> PyResult<Result<AnyExchange<PyOutput>, Error>> {
        self.has(decoder.spec())?;
        Ok(either!(self, service => service.any_exchange(decoder, call, options, entropy)))
    }

    /// Starts a call to a route that the catalog lacks. `input` is a JSON object.
    pub(crate) fn exchange_by_route(
        &self,
        (method, path): (Method, &str),
        input: &str,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> Result<AnyExchange<PyOutput>, Error> {
        either!(self, service => {
            service
                .call_by_route(method, path, input)
                .and_then(|call| call.exchange_reading(service, options, entropy, read_any))
        })
    }

    /// Begins the journal of an outbox.
    pub(crate) fn create_outbox(
        &self,
        spec: &'static EndpointSpec,
        entropy: [u8; 16],
        now: UnixTime,
    ) -> PyResult<Outbox> {
        self.has(spec)?;
        Ok(either!(self, service => Outbox::create_for(service, spec, entropy, now)))
    }

    /// Checks that the journal of an outbox belongs to this service.
    pub(crate) fn check_outbox(
        &self,
        outbox: &Outbox,
        spec: &'static EndpointSpec,
    ) -> Result<(), OutboxError> {
        either!(self, service => outbox.check_for(service, spec))
    }

    /// Starts the next page of a list. Returns `false` after the last page.
    pub(crate) fn next_page(
        &self,
        pages: &mut AnyPages<PyOutput>,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> PyResult<Result<bool, Error>> {
        self.has(pages.decoder().spec())?;
        Ok(either!(self, service => service.next_page(pages, options, entropy)))
    }
}

#[pymethods]
impl Service {
    /// Creates the service of Zagely for a key pair.
    #[allow(clippy::too_many_arguments, reason = "they are keyword arguments in Python")]
    #[staticmethod]
    #[pyo3(signature = (
        public_key, secret_key, *, base_url = None, app_token = None, app_auth = "token", app_prefix = None, **settings
    ))]
    fn zagely(
        py: Python<'_>,
        #[pyo3(from_py_with = argument::public_key)] public_key: &str,
        #[pyo3(from_py_with = argument::secret_key)] secret_key: &str,
        base_url: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = argument::app_token)] app_token: Option<&str>,
        #[pyo3(from_py_with = argument::app_auth)] app_auth: &str,
        #[pyo3(from_py_with = argument::app_prefix)] app_prefix: Option<&str>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let auth = named("app_auth", || argument::chosen(app_auth))?;
        let base_url = base_url.map(argument::base_url).transpose()?;
        let settings = read_settings(settings)?;
        let made = || {
            let mut zagely = Zagely::new(KeyPair::new(public_key, secret_key)?).app_auth(auth);
            if let Some(token) = app_token {
                zagely = zagely.app_token(token)?;
            }
            if let Some(prefix) = app_prefix {
                zagely = zagely.app_prefix(prefix)?;
            }
            if let Some(base_url) = base_url {
                zagely = zagely.base_url(base_url)?;
            }
            zagely.configure(settings)
        };
        Ok(Self(Which::Zagely(made().map_err(|error| api_error(py, &error))?)))
    }

    /// Creates the service of Wazaj for an API key.
    #[staticmethod]
    #[pyo3(signature = (api_key, base_url, *, api_key_scheme = "header", **settings))]
    fn wazaj(
        py: Python<'_>,
        #[pyo3(from_py_with = argument::api_key)] api_key: &str,
        #[pyo3(from_py_with = argument::base_url)] base_url: &str,
        #[pyo3(from_py_with = argument::api_key_scheme)] api_key_scheme: &str,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let form = named("api_key_scheme", || argument::chosen(api_key_scheme))?;
        let settings = read_settings(settings)?;
        let made = || Wazaj::new(ApiKey::new(api_key)?, base_url)?.api_key_scheme(form).configure(settings);
        Ok(Self(Which::Wazaj(made().map_err(|error| api_error(py, &error))?)))
    }

    /// Builds the request of a call from the call's name and its input as JSON with the vendor's names. It is for calls
    /// that are known only at run time, such as those that a user types at a terminal.
    #[pyo3(signature = (name, input, given = None, entropy = None))]
    fn request_by_name(
        &self,
        py: Python<'_>,
        name: &str,
        input: &str,
        given: Option<&Bound<'_, PyDict>>,
        entropy: Option<[u8; 16]>,
    ) -> PyResult<Request> {
        let mut options = options(given, find_call(self.vendor(), name))?;
        // Wazaj refuses a key.
        if options.idempotency_key.is_none() && matches!(self.0, Which::Zagely(_)) {
            options.idempotency_key = entropy.map(IdempotencyKey::from_entropy);
        }
        let request = either!(self, service => {
            service.call_by_name(name, input).and_then(|call| call.request(service, &options))
        });
        Ok(Request::bare(request.map_err(|error| api_error(py, &error))?))
    }

    /// The arguments that identify a client in its `repr`: the base URL, and the end of the public key.
    #[getter]
    fn identity(&self) -> String {
        let base_url = either!(self, service => service.identity().0);
        let public_key = either!(self, service => service.identity().1);
        let public_key = public_key.map_or_else(String::new, |end| format!(", public_key='{end}'"));
        format!("base_url='{base_url}'{public_key}")
    }

    fn __repr__(&self) -> String {
        format!("Service({})", self.vendor())
    }
}

/// Reads the settings from keywords. `None` stands for the default.
fn read_settings(given: Option<&Bound<'_, PyDict>>) -> PyResult<Settings> {
    let mut settings = Settings::default();
    for (name, value) in given.into_iter().flatten() {
        let name: String = name.extract()?;
        if !value.is_none() {
            set(&mut settings, &name, &value)?;
        }
    }
    Ok(settings)
}

fn unknown(name: &str) -> String {
    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    format!("unknown setting {name}: expected one of {}", names.join(", "))
}

macro_rules! settings {
    ($( $(#[$doc:meta])* $name:ident: $kind:ident $(= $default:tt)?, )*) => {
        /// Sets the setting of this name.
        fn set(settings: &mut Settings, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
            match name {
                $( stringify!($name) => settings.$name = named(name, || kind::$kind(value))?, )*
                _ => return Err(wrong_type(unknown(name))),
            }
            Ok(())
        }
    };
}
hudhud::for_each_setting!(settings);

/// Reads the values of settings, with a function for each kind.
mod kind {
    use super::{Bound, Method, PyAny, PyAnyMethods, PyResult, RetryPolicy, argument};
    use hudhud::host_support::redact_name;
    use pyo3::exceptions::PyValueError;
    use pyo3::types::{PyListMethods, PyMapping, PyMappingMethods};

    pub(super) fn update_method(value: &Bound<'_, PyAny>) -> PyResult<Method> {
        argument::chosen_of(value.extract()?, Method::UPDATES)
    }

    pub(super) fn methods(value: &Bound<'_, PyAny>) -> PyResult<Vec<(String, Method)>> {
        let method = |item: Bound<'_, PyAny>| {
            let (call, name): (String, String) = item.extract()?;
            let method = argument::chosen(&name).map_err(|error| {
                PyValueError::new_err(format!("{}: {}", redact_name(&call), error.value(value.py())))
            })?;
            Ok((call, method))
        };
        value.cast::<PyMapping>()?.items()?.iter().map(method).collect()
    }

    pub(super) fn text(value: &Bound<'_, PyAny>) -> PyResult<String> {
        value.extract()
    }

    pub(super) fn retry(value: &Bound<'_, PyAny>) -> PyResult<RetryPolicy> {
        super::policy(value)
    }

    pub(super) fn flag(value: &Bound<'_, PyAny>) -> PyResult<bool> {
        value.extract()
    }
}

/// Returns the name, the kind and the documentation of each setting.
pub(crate) fn settings(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    PyTuple::new(py, SETTINGS.iter().map(|setting| (setting.name, setting.kind.as_str(), setting.doc())))
}

/// Reads the arguments of [`Retry`].
mod limit {
    use super::{Bound, PyAny, PyAnyMethods, PyResult};

    macro_rules! readers {
        (
            counts { $( $(#[$count_doc:meta])* $count:ident = $number:tt, )* }
            durations { $( $(#[$doc:meta])* $duration:ident = $seconds:tt, )* }
        ) => {
            crate::argument::numbers! { $( $count: u32; )* $( $duration: f64; )* }
        };
    }
    hudhud::for_each_retry_limit!(readers);
}

macro_rules! declare_retry {
    (
        counts { $( $(#[doc = $count_doc:tt])* $count:ident = $number:tt, )* }
        durations { $( $(#[doc = $doc:tt])* $duration:ident = $seconds:tt, )* }
    ) => {
        /// The retry policy of calls. Times are in seconds.
        #[pyclass(frozen, get_all, eq, from_py_object, module = "hudhud")]
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct Retry {
            $( $(#[doc = $count_doc])* $count: u32, )*
            $( $(#[doc = $doc])* $duration: f64, )*
        }

        #[pymethods]
        impl Retry {
            #[new]
            #[pyo3(
                signature = (*, $( $count = $number, )* $( $duration = $seconds, )* **unknown),
                // Without `unknown`, which is only for a better error. The check of the stubs compares it.
                text_signature = "(*, max_attempts=4, base=0.5, cap=10.0, max_retry_after=60.0)"
            )]
            fn __new__(
                $( #[pyo3(from_py_with = limit::$count)] $count: u32, )*
                $( #[pyo3(from_py_with = limit::$duration)] $duration: f64, )*
                unknown: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Self> {
                refuse_unknown("Retry", unknown, [$( stringify!($count), )* $( stringify!($duration), )*])?;
                for (name, seconds) in [$( (stringify!($duration), $duration) ),*] {
                    if !seconds.is_finite() || seconds < 0.0 {
                        return Err(wrong_value(format!(
                            "argument '{name}': expected a finite number of seconds >= 0"
                        )));
                    }
                }
                for (name, count) in [$( (stringify!($count), $count) ),*] {
                    if count == 0 {
                        return Err(wrong_value(format!("argument '{name}': expected a number >= 1")));
                    }
                }
                Ok(Self { $( $count, )* $( $duration, )* })
            }

            fn __repr__(&self) -> String {
                let arguments = [
                    $( format!("{}={}", stringify!($count), self.$count), )*
                    $( format!("{}={:?}", stringify!($duration), self.$duration), )*
                ];
                format!("Retry({})", arguments.join(", "))
            }

            fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
                let given = PyDict::new(slf.py());
                $( given.set_item(stringify!($count), slf.get().$count)?; )*
                $( given.set_item(stringify!($duration), slf.get().$duration)?; )*
                by_keywords(slf.as_any(), given)
            }
        }

        impl Retry {
            fn policy(&self) -> RetryPolicy {
                let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
                RetryPolicy {
                    $( $count: self.$count.max(1), )*
                    $( $duration: seconds(self.$duration), )*
                }
            }
        }
    };
}
hudhud::for_each_retry_limit!(declare_retry);

/// Reads a retry policy.
fn policy(value: &Bound<'_, PyAny>) -> PyResult<RetryPolicy> {
    let given = value.get_type().name()?;
    let error =
        || PyTypeError::new_err(format!("expected a Retry, such as Retry(max_attempts=1), not {given}"));
    Ok(value.extract::<Retry>().map_err(|_| error())?.policy())
}

/// Reads additional headers, from a mapping of names to values.
fn headers(value: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    value.cast::<PyMapping>()?.items()?.iter().map(|item| item.extract()).collect()
}

/// Reads a number of seconds.
fn duration(value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    refuse_bool(value)?;
    let seconds: f64 = value.extract()?;
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| PyValueError::new_err("expected a finite number of seconds > 0"))
}

/// Reads the options of a single call from keywords. They override the settings of the client. `spec` is the row of the call, if
/// it has one.
pub(crate) fn options(
    given: Option<&Bound<'_, PyDict>>,
    spec: Option<&'static EndpointSpec>,
) -> PyResult<CallOptions> {
    let mut options = CallOptions::new();
    for (name, value) in given.into_iter().flatten() {
        let name: String = name.extract()?;
        if value.is_none() {
            continue;
        }
        named(&name, || {
            match name.as_str() {
                "idempotency_key" => options.idempotency_key = Some(key(value.py(), value.extract()?, spec)?),
                "method" => options.method = Some(argument::chosen(value.extract()?)?),
                "extra" => options.extra = read::<Native<_>>(&value, "extra")?.0,
                "validate" => options.validate = Some(value.extract()?),
                "retry" => options.retry = Some(policy(&value)?),
                "headers" => options.headers = headers(&value)?,
                "timeout" => options.timeout = Some(duration(&value)?),
                "deadline" => options.deadline = Some(duration(&value)?),
                "lane" => options.lane = lane(value.extract()?)?,
                _ => return Err(PyTypeError::new_err(format!("unknown option {name}"))),
            }
            Ok(())
        })?;
    }
    Ok(options)
}

/// Reads a lane.
fn lane(name: &str) -> PyResult<Lane> {
    let given = redact_name(name);
    argument::chosen(name).map_err(|_| {
        let names =
            Lane::ALL.iter().map(|lane| format!("'{}'", lane.as_str())).collect::<Vec<_>>().join(" or ");
        PyValueError::new_err(format!("expected {names}, not '{given}'"))
    })
}

/// Validates an idempotency key that the caller passes. `spec` is the row of its call, if it has one.
pub(crate) fn key(
    py: Python<'_>,
    text: &str,
    spec: Option<&'static EndpointSpec>,
) -> PyResult<IdempotencyKey> {
    IdempotencyKey::new(text).map_err(|error| {
        let error = Error::from(error);
        api_error(py, &spec.map_or(error.clone(), |spec| error.with_call(spec)))
    })
}
